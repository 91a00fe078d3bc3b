"""B-15, S-082, S-087: symbolic links. Those that stay inside are followed; one that leads out refuses what reads it,
in the same words whether or not there is anything at its end.
"""

from collections.abc import Callable

from tests.corpus.git.cases import GOOD, ONLY_GOOD, Case, Refuses, Renders
from tests.repo_server.kitchen import config_map
from tests.repo_server.repositories import Link, WorkTree

OUT = Refuses(("render_failed",), r"'app/a\.yaml' in \S+ at \w+ is a symbolic link out of the repository")
NOTHING = Refuses(("path_not_found",), r"'app/a\.yaml' in \S+ at \w+ is reached by a symbolic link to nothing")
CIRCLE = Refuses(("render_failed",), "leads in circles")
BOTH = Renders({"good": {"color": "green"}, "other": {"a": "b"}})


def files(**more: str | Link) -> Callable[[WorkTree], object]:
    """Return a maker of a repository with a good file in "app", and these (a double underscore is a slash)."""
    named = {name.replace("__", "/").replace("_yaml", ".yaml"): content for name, content in more.items()}
    return lambda tree: tree.commit({"app/good.yaml": GOOD, **named})


def chain(length: int) -> Callable[[WorkTree], object]:
    """Return a maker of links, each to the next, the last to a file."""
    links = {f"l{number}": Link(f"l{number + 1}") for number in range(length - 1)}
    last = {f"l{length - 1}": Link("other.yaml"), "other.yaml": config_map("other", a="b")}
    return lambda tree: tree.commit({"app/good.yaml": GOOD, "app/a.yaml": Link("../l0"), **links, **last})


OTHER = config_map("other", a="b")

CASES = [
    Case("to a file beside", files(app__a_yaml=Link("../other.yaml"), other_yaml=OTHER), BOTH),
    Case("there and back", files(app__a_yaml=Link("../app/../other.yaml"), other_yaml=OTHER), BOTH),
    Case("absolute", files(app__a_yaml=Link("/etc/passwd")), OUT),
    Case("absolute, to nothing", files(app__a_yaml=Link("/nothing/here")), OUT),
    Case("up and out", files(app__a_yaml=Link("../../etc/passwd")), OUT),
    Case("up and out, to nothing", files(app__a_yaml=Link("../../nothing")), OUT),
    Case("out and in again", files(app__a_yaml=Link("../../demo/other.yaml"), other_yaml=OTHER), OUT),
    Case("to proc", files(app__a_yaml=Link("/proc/self/environ")), OUT),
    Case("into .git", files(app__a_yaml=Link("../.git/config")), NOTHING),
    Case("to nothing", files(app__a_yaml=Link("nothing")), NOTHING),
    Case("to itself", files(app__a_yaml=Link("a.yaml")), CIRCLE),
    Case("to each other", files(app__a_yaml=Link("b.yaml"), app__b_yaml=Link("a.yaml")), CIRCLE),
    Case("9 in a row", chain(9), BOTH),
    Case("11 in a row", chain(11), CIRCLE),
    Case("folder above", files(app__up=Link("..")), ONLY_GOOD),
    Case("folder above, not read through", files(app__up=Link("../..")), ONLY_GOOD),
    Case("longer than a path", files(app__a_yaml=Link("x/" * 1500 + "y")), Refuses(("limit_exceeded",), "levels")),
    Case("case twin", files(app__a_yaml=Link("../OTHER.yaml"), other_yaml=OTHER), NOTHING),
]
