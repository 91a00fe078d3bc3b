"""Measure what comparisons cost, on the real control plane, and print a table for docs/limits.md.

    python benchmarks/compare [cold]

All by default. Processor time is that of this process alone, the control plane is not counted. Nothing is asserted.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import cold
import machine
import plane
import rows

_MEASURES: dict[str, Callable[[Path], Coroutine[Any, Any, Sequence[rows.Row]]]] = {"cold": cold.measure}


def main() -> int:
    """Run the measurements that were asked for and print their table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*_MEASURES, []], help="what to measure")
    found: list[rows.Row] = []
    chosen = parser.parse_args().names or _MEASURES
    with plane.running() as kubeconfig:
        for name in chosen:
            print(f"measuring {name} (load {machine.load()}) ...", file=sys.stderr, flush=True)
            measured = asyncio.run(_MEASURES[name](kubeconfig))
            for row in measured:
                print(f"  {row.what}: {row.figure} (target {row.target})", file=sys.stderr, flush=True)
            found += measured
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {machine.describe()}\n\n{rows.markdown(found)}")  # noqa: TID251
    return 0


if __name__ == "__main__":
    sys.exit(main())
