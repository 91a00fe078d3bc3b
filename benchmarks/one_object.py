"""What one sync of one object costs: requests to the API server, commits in the SQL memory.

Each is counted around the sync on a system that is otherwise at rest, whose own requests are counted too.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

import seen
import table
from rig import Done, Rig, Status, is_settled_at

_RUNS = 5
_NAME = "counted"
_PATH = "counted/config-map.yaml"
_CONFIG_MAP = "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: counted}}, data: {{run: '{run}'}}}}\n"

Cost = tuple[Counter[str], int]


def measure(rig: Rig) -> Sequence[table.Row]:
    """Return the counts of an automated sync and of one that a person asks for."""
    rig.write({_PATH: _CONFIG_MAP.format(run="first")})
    rig.create(_NAME, "counted")
    rig.wait_for_all([_NAME])
    rig.poll_every(1)
    rig.settle()
    nothing = [_cost(rig, lambda: None) for _ in range(_RUNS)]
    automated = [_cost(rig, lambda run=run: _commit(rig, run)) for run in range(_RUNS)]
    asked = [_cost(rig, lambda: _press_sync(rig)) for _ in range(_RUNS)]
    return [
        *_rows("3 s without any work", nothing),
        *_rows("automated sync of one changed ConfigMap, commit to settled", automated),
        *_rows("sync of one unchanged ConfigMap, asked for through REST", asked),
    ]


def _rows(what: str, costs: Sequence[Cost]) -> list[table.Row]:
    detail = seen.in_words(_typical([requests for requests, _ in costs]))
    return [
        table.counts(f"{what}: requests", [requests.total() for requests, _ in costs], detail=detail),
        table.counts(f"{what}: SQL commits", [commits for _, commits in costs]),
    ]


def _typical(runs: Sequence[Counter[str]]) -> dict[str, int]:
    """Return the median of each kind of request, without those that are rare."""
    names = {name for run in runs for name in run}
    return {name: middle for name in names if (middle := int(median(run[name] for run in runs)))}


def _cost(rig: Rig, act: Callable[[], object]) -> Cost:
    requests, commits = seen.requests(rig.cluster), seen.commits(rig.database)
    act()
    rig.settle()
    return seen.requests(rig.cluster) - requests, seen.commits(rig.database) - commits


def _commit(rig: Rig, run: int) -> None:
    rig.time_until(_NAME, lambda: is_settled_at(rig.write({_PATH: _CONFIG_MAP.format(run=run)})))


def _press_sync(rig: Rig) -> None:
    path = f"/api/v1/applications/{_NAME}"
    status = rig.rest.client.get(path).raise_for_status().json()["status"]
    before = status["operationState"]["startedAt"]

    def is_over(now: Status) -> bool:
        state = now.get("operationState", {})
        return state.get("startedAt") != before and state.get("phase") == "Succeeded"

    def act() -> Done:
        rig.ask("POST", f"{path}/sync", json={})
        return is_over

    rig.time_until(_NAME, act)
