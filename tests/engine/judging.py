"""Make judged objects and comparisons of them, as the controller does."""

from dataclasses import dataclass

from argosy.engine import diff, health
from argosy.engine.comparison import Comparison, Rendering, compared
from argosy.engine.judged import Judged, judge
from argosy.engine.model import application as model
from argosy.engine.model.application import Condition
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.packed import pack
from argosy.engine.pairing import Pair


@dataclass(frozen=True)
class Running:
    """A live object that is simply held."""

    held: Manifest

    def manifest(self) -> Manifest:
        """See `Seen`."""
        return self.held


def judged(desired: Manifest | None, live: Manifest | None, verdict: diff.Verdict, *, claimant: str = "") -> Judged:
    """Return what is kept of an object, its health included."""
    key = key_of(desired or live or {})
    return judge(
        Pair(key, desired, live),
        verdict,
        None if live is None else health.assess(live),
        desired=None if desired is None else pack(desired),
        live=None if live is None else Running(live),
        claimant=claimant,
    )


def comparison_of(
    application: model.Application, *objects: Judged, conditions: tuple[Condition, ...] = ()
) -> Comparison:
    """Return a comparison of an application of one directory that found these objects."""
    return compared(application, Rendering(("abc",), ("Directory",)), objects, instance="app", noted=conditions)
