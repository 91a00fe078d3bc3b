"""How long it takes from a commit, and from a refresh that somebody asks for, to Synced and Healthy."""

from collections.abc import Sequence

import table
from rig import Done, Rig, is_settled_at

_RUNS = 10
_POLLED, _RARELY = 1, 3600
_CONFIG_MAP = "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: one}}, data: {{run: '{run}'}}}}\n"


def measure(rig: Rig) -> Sequence[table.Row]:
    """Return the times of one ConfigMap and of a Deployment whose pods are replaced."""
    rig.write({"one/config-map.yaml": _CONFIG_MAP.format(run="first")})
    rig.create("one", "one")
    rig.create("guestbook", "guestbook")
    rig.wait_for_all(["one", "guestbook"])
    rig.poll_every(_POLLED)
    rows = [
        table.durations(
            "commit to Synced and Healthy: one ConfigMap, repository polled each second",
            [_after_commit(rig, "one", _config_map(run)) for run in range(_RUNS)],
        ),
        table.durations(
            "the same: a Deployment of 2 pods gets a new image (simulated pods)",
            [_after_commit(rig, "guestbook", _deployment(rig, run)) for run in range(_RUNS)],
        ),
    ]
    rig.poll_every(_RARELY)
    rig.settle()
    times = [_after_refresh(rig, _config_map(_RUNS + run)) for run in range(_RUNS)]
    return [*rows, table.durations("refresh asked for to Synced and Healthy: one ConfigMap", times)]


def _config_map(run: int) -> dict[str, str]:
    return {"one/config-map.yaml": _CONFIG_MAP.format(run=run)}


def _deployment(rig: Rig, run: int) -> dict[str, str]:
    path = "guestbook/deployment.yaml"
    lines = (rig.stack.repository / path).read_text().splitlines()
    image = "          image: nginxinc/nginx-unprivileged"
    return {path: "\n".join(f"{image}:1.{run}" if line.startswith(image) else line for line in lines)}


def _after_commit(rig: Rig, name: str, files: dict[str, str]) -> float:
    return rig.time_until(name, lambda: is_settled_at(rig.write(files)))


def _after_refresh(rig: Rig, files: dict[str, str]) -> float:
    revision = rig.write(files)

    def act() -> Done:
        rig.ask("GET", "/api/v1/applications/one", params={"refresh": "normal"})
        return is_settled_at(revision)

    return rig.time_until("one", act)
