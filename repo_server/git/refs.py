"""What a remote says it has: its branches, tags and other refs, each with the commit it means.

Comes in: the output of `git ls-remote --symref`. Goes out: `Refs`, which `git.resolve` decides from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from repo_server.errors import Refused

_MOST_REFS = 500_000
_PEELED = "^{}"
_TAGS = "refs/tags/"
_SHORTENED = ("refs/heads/", "refs/tags/", "refs/remotes/", "refs/")


@dataclass(frozen=True, kw_only=True)
class Refs:
    """The refs of a remote in its own order, annotated tags peeled; `symbolic` says what HEAD stands for.

    `annotated` holds, by full name, the id of the tag object that was peeled.
    """

    commits: Mapping[str, str]
    symbolic: Mapping[str, str]
    annotated: Mapping[str, str] = field(default_factory=dict)

    @property
    def tags(self) -> Mapping[str, str]:
        """Commit ids by short tag name."""
        return {name.removeprefix(_TAGS): commit for name, commit in self.commits.items() if name.startswith(_TAGS)}

    def tags_of(self, commit: str) -> tuple[str, ...]:
        """Return the short names of the tags that mean this commit."""
        return tuple(sorted(name for name, tagged in self.tags.items() if tagged == commit))

    def named(self, revision: str) -> str:
        """Return the full name of the ref with this short or full name, branches before tags; empty if none."""
        if revision in self.commits:
            return revision
        return next((name for name in (prefix + revision for prefix in _SHORTENED) if name in self.commits), "")


def parse(output: bytes) -> Refs:
    """Read the listing. Raises `Refused` (limit_exceeded) if it has more than 500,000 refs."""
    commits: dict[str, str] = {}
    symbolic: dict[str, str] = {}
    annotated: dict[str, str] = {}
    for line in output.decode("utf-8", "surrogateescape").splitlines():
        value, _, name = line.partition("\t")
        if value.startswith("ref: "):
            symbolic[name] = value.removeprefix("ref: ")
        elif name.endswith(_PEELED):
            tag = name.removesuffix(_PEELED)
            annotated[tag] = commits.get(tag, "")
            commits[tag] = value
        elif name:
            commits[name] = value
    if len(commits) > _MOST_REFS:
        raise Refused("limit_exceeded", f"the repository has {len(commits):,} refs; the limit is {_MOST_REFS:,}")
    return Refs(commits=commits, symbolic=symbolic, annotated=annotated)
