"""Measure the controller alone, in this process, on the real control plane.

Load is made by another process, so that this process' time is the controller's. Run by `make bench-controller`.
"""

import argparse
import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import edits
import house
import machine
import settled
from render.rows import Row, markdown


async def _measured(chosen: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    async with house.opened() as opened:
        for name, measure in (("edits", edits.measure), ("settled", settled.measure)):
            if chosen.only in ("", name):
                rows += await measure(opened, chosen)
    return rows


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", choices=("", "edits", "settled"))
    parser.add_argument("--objects", type=int, default=5000, help="objects of the large application")
    parser.add_argument("--applications", type=int, default=1000, help="settled applications of one object")
    rows = asyncio.run(_measured(parser.parse_args()))
    print(machine.describe())
    print(markdown(rows))


main()
