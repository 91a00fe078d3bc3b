"""Measure what a render costs, beside the command lines of the field, and print a table for docs/limits.md.

    python benchmarks/render [one] [fleet] [commits] [refs] [lasting]

All by default, in about two minutes. Processor time is that of this process, which holds the repo server's own
service, and of the tool workers and gits that it starts; the server of the repositories is not counted. Nothing is
asserted.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import commits
import fleet
import lasting
import machine
import one
import refs
import rows

_MEASURES: dict[str, Callable[[], Coroutine[Any, Any, Sequence[rows.Row]]]] = {
    "one": one.measure,
    "fleet": fleet.measure,
    "commits": commits.measure,
    "refs": refs.measure,
    "lasting": lasting.measure,
}


def main() -> int:
    """Run the measurements that were asked for and print their table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*_MEASURES, []], help="what to measure")
    found: list[rows.Row] = []
    for name in parser.parse_args().names or _MEASURES:
        print(f"measuring {name} (load {machine.load()}) ...", file=sys.stderr, flush=True)
        measured = asyncio.run(_MEASURES[name]())
        for row in measured:
            print(f"  {row.what}: {row.figure} (target {row.target})", file=sys.stderr, flush=True)
        found += measured
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {machine.describe()}\n\n{rows.markdown(found)}")  # noqa: TID251
    return 0


if __name__ == "__main__":
    sys.exit(main())
