"""A control plane of one's own, for as long as a measurement takes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def running() -> Generator[Path]:
    """Start tools/devcluster and give its kubeconfig; it ends with this process, whichever way that ends."""
    build = [sys.executable, "tools/build/go_program.py", "devcluster"]
    program = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as folder:
        up = [program, "up", "--state", folder, "--owner-pid", str(os.getpid())]
        printed = subprocess.run(up, check=True, stdout=subprocess.PIPE, text=True).stdout
        try:
            yield Path(printed.splitlines()[0])
        finally:
            subprocess.run([program, "down", "--state", folder], check=True, stdout=subprocess.DEVNULL)
