"""Measure Argosy on this machine and print what came out as a Markdown table, for docs/limits.md.

    python benchmarks/run.py [idle] [one-object] [push] [hundred] [render] [live] [trees] [start]

All by default, in about eight minutes. Nothing is asserted: a figure is for people to judge, beside the machine and the
load average at the time. Close other programs first.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import hundred
import live_objects
import machine
import one_object
import push
import rendering
import rig
import starting
import table
import trees

_ON_A_RIG: dict[str, Callable[[rig.Rig], Sequence[table.Row]]] = {
    "idle": hundred.measure_idle,
    "one-object": one_object.measure,  # before there are others that a commit concerns too
    "push": push.measure,
    "hundred": hundred.measure,
}
_ALONE: dict[str, Callable[[], Sequence[table.Row]]] = {
    "render": rendering.measure,
    "live": live_objects.measure,
    "trees": trees.measure,
    "start": starting.measure,
}


def main() -> int:
    """Run the measurements that were asked for and print their table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*_ON_A_RIG, *_ALONE, []], help="what to measure")
    wanted = parser.parse_args().names or [*_ON_A_RIG, *_ALONE]
    rows: list[table.Row] = []
    if on_a_rig := [name for name in _ON_A_RIG if name in wanted]:
        _say("starting a control plane and Argosy ...")
        with rig.running() as stack:
            for name in on_a_rig:
                rows += _measured(name, lambda name=name: _ON_A_RIG[name](stack))
    for name, measure in _ALONE.items():
        if name in wanted:
            rows += _measured(name, measure)
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {machine.describe()}\n\n{table.markdown(rows)}")  # noqa: TID251  a person's date
    return 0


def _measured(name: str, measure: Callable[[], Sequence[table.Row]]) -> Sequence[table.Row]:
    _say(f"measuring {name} (load {machine.load()}) ...")
    rows = measure()
    for row in rows:
        _say(f"  {row.what}: {row.figure}")
    return rows


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
