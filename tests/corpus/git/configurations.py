"""B-52 and S-155: files by which a repository would like to configure git. Nobody reads them; nothing is run.

Every command in here would write a file called "marker"; `test_git_corpus` looks for it everywhere.
"""

from collections.abc import Callable, Mapping

from tests.corpus.git.cases import GOOD, ONLY_GOOD, UNSOUND, Case, commit, folder
from tests.repo_server.repositories import WorkTree

MARK = "touch marker #"
CONFIG = f"""[core]
\tfsmonitor = {MARK}
\tsshCommand = {MARK}
\tpager = {MARK}
\thooksPath = hooks
[include]
\tpath = /proc/self/environ
[filter "mark"]
\tclean = {MARK}
\tsmudge = {MARK}
\tprocess = {MARK}
[diff "mark"]
\ttextconv = {MARK}
\tcommand = {MARK}
[credential]
\thelper = "!{MARK}"
"""
BARE = {
    "HEAD": "ref: refs/heads/main\n",
    "config": CONFIG + "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    "hooks/post-checkout": f"#!/bin/sh\n{MARK}\n",
    "hooks/reference-transaction": f"#!/bin/sh\n{MARK}\n",
    "objects/keep": "",
    "refs/keep": "",
}


def files(more: Mapping[str, str]) -> Callable[[WorkTree], object]:
    """Return a maker of the good application with these files beside it."""
    return lambda tree: commit(tree, folder(tree, {"app/good.yaml": GOOD, **more}))


ATTRIBUTES = (
    "* filter=mark diff=mark export-ignore export-subst working-tree-encoding=UTF-16 eol=crlf ident\n"
    "[attr]mark filter=mark\n"
)

CASES = [
    Case("attributes with filters", files({".gitattributes": ATTRIBUTES, "app/.gitattributes": ATTRIBUTES}), ONLY_GOOD),
    Case("attributes of 3,000 bytes a line", files({".gitattributes": "a" * 3000 + " text\n"}), UNSOUND),
    Case("a bare repository inside", files({f"app/bare/{name}": text for name, text in BARE.items()}), ONLY_GOOD),
    Case("a bare repository as the root", files(BARE), ONLY_GOOD),
    Case("LFS configuration", files({".lfsconfig": f"[lfs]\n\turl = http://127.0.0.1:9/\n{CONFIG}"}), ONLY_GOOD),
    Case("mail map", files({".mailmap": "<" * 100_000 + "\n\x1b[31m <a@b> <c@d>\n"}), ONLY_GOOD),
    Case("ignored", files({".gitignore": "*\n", "app/.helmignore": "*\n"}), ONLY_GOOD),
    Case("modules with a command", files({".gitmodules": f'[submodule "a"]\n\tupdate = "!{MARK}"\n'}), UNSOUND),
    Case("modules that nobody can read", files({".gitmodules": "[" * 10_000}), ONLY_GOOD),
]
