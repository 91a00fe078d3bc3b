"""How far a commit of GitOps Promoter has come: in one environment, and in all of a strategy.

DRY is the commit that people write; what a hydrator makes of it is proposed on one branch and active on another. Both
the same is the end of a promotion. Commit statuses let a proposed commit on or hold it; those of an active commit only
inform. Read by the family's table for what is Ready.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.engine.health.form import at, elements
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest

_LENGTH_OF_SHORT_SHA = 7
_SIDES = ("active", "proposed")


def _sha(branches: Mapping[str, Any], side: str) -> str:
    return str(at(branches, f"{side}.dry.sha") or "")[:_LENGTH_OF_SHORT_SHA]


def _missing(branches: Mapping[str, Any], where: str) -> Health | None:
    for side in _SIDES:
        if not _sha(branches, side):
            return Health("Progressing", f"The {side} commit DRY SHA is missing or empty{where}.")
    return None


def _keys(statuses: Sequence[Mapping[str, Any]], phase: str) -> list[str]:
    return [str(each.get("key")) for each in statuses if (each.get("phase") or "pending") == phase]


def _tally(statuses: Sequence[Mapping[str, Any]]) -> str:
    pending, successful, failed = (_keys(statuses, phase) for phase in ("pending", "success", "failure"))
    words = f"{len(pending)} pending, {len(successful)} successful, {len(failed)} failed. "
    words += f"Pending commit statuses: {', '.join(pending)}. " if pending else ""
    return words + (f"Failed commit statuses: {', '.join(failed)}. " if failed else "")


def change_transfer_policy(manifest: Manifest) -> Health:
    """Return the health of one environment."""
    branches = at(manifest, "status") or {}
    missing = _missing(branches, "")
    if missing is not None:
        return missing
    active, proposed = (_sha(branches, side) for side in _SIDES)
    if active != proposed:
        statuses = elements(branches, "proposed.commitStatuses")
        status = "Degraded" if _keys(statuses, "failure") else "Progressing"
        return Health(status, f"Promotion in progress from '{active}' to '{proposed}': {_tally(statuses)}")
    statuses = elements(branches, "active.commitStatuses")
    if any(each.get("phase") != "success" for each in statuses):
        informed = "Environment is up-to-date, but there are non-successful active commit statuses"
        return Health("Healthy", f"{informed}: {_tally(statuses)}")
    return Health("Healthy", f"Environment is up-to-date on commit {active}.")


def promotion_strategy(manifest: Manifest) -> Health:
    """Return the health of all environments of a strategy."""
    environments = elements(manifest, "status.environments")
    if not environments:
        return Health("Degraded", "Promotion strategy has no environments configured")
    for each in environments:
        missing = _missing(each, f" in environment '{each.get('branch')}'")
        if missing is not None:
            return missing
    behind = [each for each in environments if _sha(each, "active") != _sha(each, "proposed")]
    hydrated = _hydrated(environments)
    if not behind and len({_sha(each, "active") for each in environments}) == 1:
        commit = _sha(environments[0], "active")
        return Health("Healthy", f"All environments are up-to-date on commit '{commit}'. {hydrated}")
    if not behind:
        return Health("Progressing", f"Environments are up-to-date on different commits. {hydrated}")
    blocked = [each for each in behind if _keys(elements(each, "proposed.commitStatuses"), "failure")]
    names = ", ".join(f"'{each.get('branch')}'" for each in blocked or behind)
    words = "Promotion is held by failed commit statuses" if blocked else "Promotion is in progress"
    return Health("Degraded" if blocked else "Progressing", f"{words} in environment(s) {names}. {hydrated}")


def _hydrated(environments: Sequence[Mapping[str, Any]]) -> str:
    commits = list(dict.fromkeys(_sha(each, "proposed") for each in environments))
    if len(commits) == 1:
        return f"Hydrator has processed dry commit '{commits[0]}'."
    return f"Hydrator is still processing: environments are at {', '.join(commits)}."
