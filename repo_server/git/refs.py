"""What a remote says it has: its branches, tags and other refs, each with the commit it means.

Comes in: the output of `git ls-remote --symref`, or the same lines from `git.packets`. Goes out: `Refs`, which
`git.resolve` decides from.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from repo_server.errors import Refused

_MOST_REFS = 500_000
_PEELED = "^{}"
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNSOUND = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)|[/.]$")
_SHORTENED = ("refs/heads/", "refs/tags/", "refs/remotes/", "refs/")


@dataclass(frozen=True, kw_only=True)
class Refs:
    """The refs of a remote in its own order, annotated tags peeled; `symbolic` says what HEAD stands for.

    `annotated` holds, by full name, the id of the tag object that was peeled. `whole`: there are no others.
    """

    commits: Mapping[str, str]
    symbolic: Mapping[str, str]
    annotated: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    @property
    def tags(self) -> Mapping[str, str]:
        """Commit ids by short tag name."""
        return {name.removeprefix(_TAGS): commit for name, commit in self.commits.items() if name.startswith(_TAGS)}

    @property
    def branches(self) -> Sequence[str]:
        """Short branch names."""
        return [name.removeprefix(_HEADS) for name in self.commits if name.startswith(_HEADS)]

    def with_more(self, others: "Refs") -> "Refs":
        """Return these refs and others, of which there are then no more."""
        return Refs(
            commits={**self.commits, **others.commits},
            symbolic={**self.symbolic, **others.symbolic},
            annotated={**self.annotated, **others.annotated},
        )

    def tags_of(self, commit: str) -> tuple[str, ...]:
        """Return the short names of the tags that mean this commit."""
        return tuple(sorted(name for name, tagged in self.tags.items() if tagged == commit))

    def named(self, revision: str) -> str:
        """Return the full name of the ref with this short or full name, branches before tags; empty if none."""
        if revision in self.commits:
            return revision
        return next((name for name in (prefix + revision for prefix in _SHORTENED) if name in self.commits), "")


def elsewhere(revision: str) -> tuple[str, ...]:
    """Return the full names that a revision may have outside of branches and tags; they all have a slash."""
    names = (revision,) if revision.startswith("refs/") else (f"refs/{revision}", f"refs/remotes/{revision}")
    return tuple(filter(_is_sound, names)) if "/" in revision else ()


def parse(output: bytes, *, whole: bool = True) -> Refs:
    """Read the listing; what Git would not take for a name or an id is left out.

    Raises `Refused` (limit_exceeded) if it has more than 500,000 refs.
    """
    commits: dict[str, str] = {}
    symbolic: dict[str, str] = {}
    annotated: dict[str, str] = {}
    for line in io.BytesIO(output):
        value, _, name = line.decode("utf-8", "surrogateescape").rstrip("\n").partition("\t")
        ref = name.removesuffix(_PEELED)
        if not _is_sound(ref):
            continue
        if value.startswith("ref: "):
            symbolic[ref] = value.removeprefix("ref: ")
        elif _ID.fullmatch(value):
            if ref != name:
                annotated[ref] = commits.get(ref, "")
            commits[ref] = value
        if len(commits) > _MOST_REFS:
            raise Refused("limit_exceeded", f"the repository has more refs than the limit of {_MOST_REFS:,}")
    return Refs(commits=commits, symbolic=symbolic, annotated=annotated, whole=whole)


def _is_sound(name: str) -> bool:
    """Say whether Git itself would take this name (`git check-ref-format`)."""
    return (name == "HEAD" or name.startswith("refs/")) and _UNSOUND.search(name) is None
