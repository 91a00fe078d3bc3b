"""What only jq can tell: which fields of an object its expressions lead to. Questions and answers, as values.

A step of `normalise` that needs an answer raises `Unanswered`; the shell asks the tool worker and decides again with
rules that know it, or asks beforehand what `normalise.questions` returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.engine.model.resource import Manifest
from argosy.engine.rendered import fingerprint

Path = tuple[str | int | Mapping[str, int | None], ...]
"""What leads to one value: names, indexes (from the end if negative), slices (`{"start": 1, "end": null}`)."""

Removals = tuple[tuple[Path, ...], ...]
"""For each expression the paths that it leads to, in what the expressions before it have left of the object."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why jq did not say: an expression that is none, or that takes too long."""

    reason: str


JqAnswer = Removals | NoAnswer


@dataclass(frozen=True, slots=True)
class JqDelete:
    """What do these jq expressions lead to in this object?"""

    paths: tuple[str, ...]
    object: Manifest

    @property
    def identity(self) -> str:
        """Return what the answer is remembered by: the same for the same expressions and content."""
        return fingerprint({"paths": self.paths, "object": self.object})


class Unanswered(LookupError):
    """Nothing can be decided before this question is answered."""

    def __init__(self, question: JqDelete) -> None:
        super().__init__(f"jq has not been asked yet: {', '.join(question.paths)}")
        self.question = question


class Unanswerable(LookupError):
    """Jq was asked and could not say; the text, for the user, says why. The object cannot be compared."""
