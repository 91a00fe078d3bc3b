"""How long people wait for the demo and for the command line."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import table
from rig import ROOT
from stack import Child

_DEMOS, _HELPS = 2, 10
_DEMO_WITHIN = 180.0


def measure() -> Sequence[table.Row]:
    """Return the time of the demo with everything built, and of `argosy --help`."""
    what = "the demo when everything is built, until its four applications are Healthy"
    return [
        table.durations(what, [_demo() for _ in range(_DEMOS)]),
        table.durations("`argosy --help`", [_help() for _ in range(_HELPS)]),
    ]


def _demo() -> float:
    """Run it with its state elsewhere, so that a demo that somebody looks at goes on."""
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as folder:
        environment = os.environ | {"XDG_STATE_HOME": folder}
        demo = Child([sys.executable, str(ROOT / "tools" / "demo"), "--once"], lambda _: None, environment)
        started = time.monotonic()
        demo.start()
        try:
            demo.wait_for(lambda line: line.startswith("Ready after "), within=_DEMO_WITHIN)
            return time.monotonic() - started
        finally:
            demo.wait_for(lambda line: line.startswith("stopped;"), within=_DEMO_WITHIN)
            demo.stop()


def _help() -> float:
    started = time.monotonic()
    subprocess.run(
        [str(Path(sys.executable).parent / "argosy"), "--help"],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return time.monotonic() - started
