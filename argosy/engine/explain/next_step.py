"""What happens next with an application, or what a person can do: the words for what `autosync` decides, and why."""

import math
from datetime import datetime

from argosy.engine import autosync
from argosy.engine.comparison import Comparison
from argosy.engine.model.application import Application, Automated
from argosy.engine.model.operation import OperationState

_RUNNING = ("Running", "Terminating")


def after(application: Application, found: Comparison, *, now: datetime) -> str:
    """Say what follows from a comparison."""
    busy = _under_way(application)
    if busy:
        return busy
    if application.status.sync is not None and application.status.sync.status != found.sync_code:
        return "The comparison is out of date: it is made again, and nothing is synced until then. See the conditions."
    if found.sync_code == "Unknown":
        return "Nothing is synced by itself while objects could not be compared; they are compared again."
    if found.sync_code == "Synced":
        return "Nothing is to be synced."
    match autosync.decide(application, found, now=now):
        case autosync.Start():
            return "Automated sync is about to start."
        case autosync.Later(seconds):
            return f"Self-heal waits another {math.ceil(seconds)} s, since what it restored was changed again."
        case autosync.Refused(because):
            return f"Automated sync does not start: {because}. {_by_hand(application)}"
        case None:
            return f"{_why_nothing(application, found)} {_by_hand(application)}"


def without_comparison(application: Application) -> str:
    """Say what follows where nothing could be compared."""
    return _under_way(application) or "It is compared again by itself; what is in the way is in the conditions."


def _under_way(application: Application) -> str:
    state = application.status.operation_state
    if application.deleting:
        return "It is being deleted: nothing is synced any more."
    if state is not None and state.phase in _RUNNING:
        return _running(state)
    return "A sync was asked for and is about to start." if application.operation is not None else ""


def _running(state: OperationState) -> str:
    message = f": {state.message}" if state.message else ""
    return f"A sync is under way since {state.started_at}{message}."


def _why_nothing(application: Application, found: Comparison) -> str:
    policy = application.spec.sync_policy
    automated = policy.automated if policy else None
    if automated is None or automated.enabled is False:
        return "Automated sync is off."
    if found.only_prunes and not automated.prune:
        return "Only objects that are no longer wanted differ, and automated sync does not prune."
    return _why_no_heal(automated)


def _why_no_heal(automated: Automated) -> str:
    if automated.self_heal:
        return "What differs was left alone on purpose by the last sync."
    return "This revision was synced, and self-heal is off: what others change stays until there is another revision."


def _by_hand(application: Application) -> str:
    return f"`argosy app sync {application.metadata.name}` syncs it."
