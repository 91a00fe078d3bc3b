"""What Argosy costs at rest: memory and processor time of its processes, requests and commits per minute.

Once with nothing to do, once with 100 settled applications.
"""

import time
from collections.abc import Mapping, Sequence

import seen
import table
import usage
from rig import Rig
from usage import Usage

_APPLICATIONS = 100
_USUAL_POLLING = 120
_COOL_DOWN = 75.0
_WATCHED = 60.0
_WRITES = ("POST", "PUT", "PATCH", "APPLY")
_WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginxinc/nginx-unprivileged:1.29}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {greeting: hello}
"""


def measure_idle(_rig: Rig) -> Sequence[table.Row]:
    """Return the memory of a system that has just been started and has no application."""
    time.sleep(10)
    return [_memory("no application", usage.look())]


def measure(rig: Rig) -> Sequence[table.Row]:
    """Return what 100 applications cost: to create, to hold, to watch for a minute."""
    names = [f"app-{number:03}" for number in range(_APPLICATIONS)]
    rig.write({f"many/{name}/all.yaml": _WORKLOAD for name in names})
    rig.poll_every(1)
    rig.settle()  # Those that are here already note the new commit.
    rig.poll_every(_USUAL_POLLING)
    requests, before, started = seen.requests(rig.cluster), usage.look(), time.monotonic()
    for name in names:
        rig.create(name, f"many/{name}")
    rig.wait_for_all(names)
    took = time.monotonic() - started
    spent = _cpu(before, usage.look())
    rows = [
        table.Row(f"{_APPLICATIONS} applications created one by one, until all are Healthy", f"{took:.1f} s", "1 run"),
        table.Row("the same: CPU per application", f"{1000 * sum(spent.values()) / _APPLICATIONS:.0f} ms", "1 run"),
        table.Row(
            "the same: writes to Applications per application",
            f"{_writes(rig, requests) / _APPLICATIONS:.1f} (its creation included)",
            "1 run",
        ),
    ]
    time.sleep(_COOL_DOWN)
    what = f"{_APPLICATIONS} applications at rest"
    return [*rows, _memory(what, usage.look()), *_a_minute(rig, what)]


def _writes(rig: Rig, before: Mapping[str, int]) -> int:
    now = seen.requests(rig.cluster)
    written = (name for name in now if name.partition(" ")[2] == "applications" and name.split()[0] in _WRITES)
    return sum(now[name] - before.get(name, 0) for name in written)


def _a_minute(rig: Rig, what: str) -> Sequence[table.Row]:
    requests, commits, before = seen.requests(rig.cluster), seen.commits(rig.database), usage.look()
    time.sleep(_WATCHED)
    spent = _cpu(before, usage.look())
    done = seen.requests(rig.cluster) - requests
    in_words = f"{done.total()}: {seen.in_words(done)}" if done else "0"
    return [
        table.Row(f"{what}, one minute: requests (of everybody, without leases)", in_words, "60 s"),
        table.Row(f"{what}, one minute: SQL commits", str(seen.commits(rig.database) - commits), "60 s"),
        table.Row(f"{what}, one minute: CPU seconds", _sums(spent, ".2f"), "60 s"),
    ]


def _memory(what: str, used: Mapping[str, Usage]) -> table.Row:
    return table.Row(
        f"memory (PSS, MiB), {what}", _sums({name: each.memory for name, each in used.items()}, ".0f"), "1 look"
    )


def _cpu(before: Mapping[str, Usage], after: Mapping[str, Usage]) -> dict[str, float]:
    none = Usage(0, 0)
    return {name: max(0.0, each.cpu - before.get(name, none).cpu) for name, each in after.items()}


def _sums(figures: Mapping[str, float], form: str) -> str:
    parts = ", ".join(f"{name} {figure:{form}}" for name, figure in figures.items())
    return f"{sum(figures.values()):{form}}: {parts}"
