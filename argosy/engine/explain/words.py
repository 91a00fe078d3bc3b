"""The words of an explanation that say what is."""

from collections import Counter
from collections.abc import Iterator, Sequence

from argosy.engine import diff
from argosy.engine.comparison import Comparison
from argosy.engine.judged import Judged
from argosy.engine.model.application import Application, SyncCode
from argosy.engine.model.explanation import ExplainedObject

_VERDICTS = {
    "changed": ("differs from what is wanted", "differ from what is wanted"),
    "missing": ("is wanted and not there", "are wanted and not there"),
    "extra": ("runs and is no longer wanted", "run and are no longer wanted"),
}


def reasons(judged: Judged) -> Iterator[str]:
    """Say what is wrong with an object: its verdict, then its health."""
    match judged.verdict:
        case diff.Same():
            pass
        case diff.Changed(fields):
            yield _changed(len(fields))
        case diff.Missing():
            yield "it is wanted and not there"
        case diff.Extra():
            yield "it runs and is no longer wanted: a sync that prunes deletes it"
        case diff.Unknown(reason):
            yield f"it could not be compared: {reason}"
    if judged.claimant:
        yield f"it carries the mark of another application, {judged.claimant}"
    health = judged.health
    if health is not None and health.status != "Healthy" and judged.live is not None:
        yield f"it is {health.status}: {health.message}" if health.message else f"it is {health.status}"


def summary(application: Application, found: Comparison, told: Sequence[ExplainedObject]) -> str:
    """Say in one sentence why the application is as it is."""
    status = application.status
    code: SyncCode = status.sync.status if status.sync else found.sync_code
    parts = [*_differences(found), *_doubts(found), *_owners(told), *_ill(found)]
    if code == "Unknown" and not found.tally.doubts:
        return not_compared(application)
    health = status.health.status or found.health.status
    state = code if health in ("", "Healthy") and parts else f"{code} and {health}" if health else code
    return f"{state}: {'; '.join(parts)}." if parts else f"{state}: what runs is what is wanted."


def not_compared(application: Application) -> str:
    """Say why there is no comparison to speak of."""
    errors = [each.message for each in application.status.conditions if each.type.endswith("Error")]
    return f"Unknown: {errors[0]}" if errors else "Unknown: it has not been compared yet."


def objects(count: int) -> str:
    """Say how many objects."""
    return f"{count} object" if count == 1 else f"{count} objects"


def _changed(count: int) -> str:
    if count:
        return "1 field differs" if count == 1 else f"{count} fields differ"
    return "the API server refuses what is wanted, so that it cannot be said which fields differ"


def _differences(found: Comparison) -> Iterator[str]:
    counts = Counter(_name(found.objects[key]) for key in found.tally.different)
    for name, (one, many) in _VERDICTS.items():
        if counts[name]:
            yield f"{objects(counts[name])} {one if counts[name] == 1 else many}"


def _name(judged: Judged) -> str:
    return type(judged.verdict).__name__.lower()


def _doubts(found: Comparison) -> Iterator[str]:
    if found.tally.doubts:
        yield f"{objects(len(found.tally.doubts))} could not be compared"


def _owners(told: Sequence[ExplainedObject]) -> Iterator[str]:
    """Name who changed what differs, whoever did it most first, with the time of their last write."""
    writes = [(field.manager, field.since) for each in told for field in each.fields if field.manager]
    counts = Counter(manager for manager, _ in writes)
    if not counts:
        return
    latest = {manager: max(since for other, since in writes if other == manager) for manager in counts}
    named = [f"{manager} ({latest[manager]})" if latest[manager] else manager for manager, _ in counts.most_common(3)]
    yield f"what differs was last written by {', '.join(named)}"


def _ill(found: Comparison) -> Iterator[str]:
    counts = Counter(health.status for health in found.tally.unwell.values())
    for status, count in sorted(counts.items()):
        yield f"{objects(count)} {'is' if count == 1 else 'are'} {status}"
