"""Which commit does a revision mean? Argo CD's order, over what the remote says it has.

Comes in: a target revision as the user wrote it, `Refs`, and what the tool worker makes of it as a version constraint.
Goes out: where to look next, as a value; `git.mirror` carries it out. Order: empty is HEAD; a full commit id is itself;
a version constraint means the highest tag that satisfies it; then a ref by its name (branches before tags); then the
start of a commit id, at least 7 digits. A branch and a tag of one name: the branch, as with Argo CD; `refs/tags/NAME`
says the other. A full commit id that is a branch's name too is the commit; `refs/heads/NAME` says the other.
"""

import re
from dataclasses import dataclass

from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, Tools
from repo_server.errors import Refused
from repo_server.git import refs as git_refs
from repo_server.git.refs import Refs

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_START_OF_ID = re.compile(r"[0-9a-f]{7,63}")
# Without a digit or a wildcard nothing is a version constraint, and the worker need not be asked.
_MAYBE_CONSTRAINT = re.compile(r"[0-9*xX]")
_LONGEST = 1024
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class AtCommit:
    """A commit by its full id, and the ref that led to it (empty: the user gave the id)."""

    commit: str
    ref: str = ""


@dataclass(frozen=True, kw_only=True)
class ShortId:
    """The start of a commit id, to be looked up among the objects."""

    start: str


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A ref that is no branch and no tag, to be looked up by its full names."""

    names: tuple[str, ...]


Meaning = AtCommit | ShortId | Elsewhere


def literal(revision: str) -> AtCommit | None:
    """Return the commit if the revision is a full commit id, which means itself whatever the remote says."""
    return AtCommit(commit=revision) if _FULL_ID.fullmatch(revision) else None


def is_commit_id(revision: str) -> bool:
    """Say whether the revision is a commit id or the start of one, which nobody has to resolve."""
    return bool(_FULL_ID.fullmatch(revision) or _START_OF_ID.fullmatch(revision))


async def meaning(revision: str, refs: Refs, *, tools: Tools, tag_prefix: str = "") -> Meaning:
    """Say what a revision means. Raises `Refused` (revision_not_found, invalid)."""
    _check(revision)
    if (commit := literal(revision)) is not None:
        return commit
    if tag := await _tag_of_version(revision, refs, tools=tools, tag_prefix=tag_prefix):
        return AtCommit(commit=refs.tags[tag], ref=f"refs/tags/{tag}")
    if ref := refs.named(_target(revision or "HEAD", refs)):
        return AtCommit(commit=refs.commits[ref], ref=ref)
    if not refs.whole and (names := git_refs.elsewhere(revision)):
        return Elsewhere(names=names)
    if _START_OF_ID.fullmatch(revision):
        return ShortId(start=revision)
    raise Refused("revision_not_found", not_found(revision, refs))


def not_found(revision: str, refs: Refs) -> str:
    """Return the message for a revision that means nothing here."""
    if not refs.commits:
        return f"unable to resolve {revision or 'HEAD'!r} to a commit SHA: the repository is empty"
    head = refs.symbolic.get("HEAD", "").removeprefix("refs/heads/")
    hint = f" (HEAD is {head!r})" if head else ""
    return (
        f"unable to resolve {revision or 'HEAD'!r} to a commit SHA: no branch, tag, ref or commit has that name{hint}"
    )


def _check(revision: str) -> None:
    if len(revision) > _LONGEST or revision.startswith("-") or _UNPRINTABLE.search(revision):
        raise Refused(
            "invalid",
            f"targetRevision {revision[:80]!r} cannot be used: it is too long, or begins with a dash, or holds a "
            "control character",
        )


def _target(revision: str, refs: Refs) -> str:
    return refs.symbolic.get(revision, revision)


async def _tag_of_version(revision: str, refs: Refs, *, tools: Tools, tag_prefix: str) -> str:
    if not tag_prefix and not _MAYBE_CONSTRAINT.search(revision):
        return ""
    constraint = revision.removeprefix(tag_prefix)
    versions = [tag.removeprefix(tag_prefix) for tag in refs.tags if tag.startswith(tag_prefix)]
    match await tools.semver(constraint, versions):
        case Match(version=version):
            return tag_prefix + version
        case Pin():
            return tag_prefix + constraint if tag_prefix and constraint in versions else ""
        case NoMatch():
            if tag_prefix:
                raise Refused(
                    "revision_not_found",
                    f"no tag that begins with {tag_prefix!r} satisfies the constraint {constraint!r}",
                )
            return ""
        case NotConstraint():
            if tag_prefix:
                raise Refused(
                    "invalid",
                    f"targetRevision {revision!r} is no version or constraint, as tagPrefix {tag_prefix!r} asks for",
                )
            return ""
