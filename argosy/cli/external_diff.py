"""Hands two manifests to the diff program that the user has chosen with KUBECTL_EXTERNAL_DIFF, as kubectl does.

Comes in: two texts. Goes out: what the program prints. Called by `app diff`. The files lie in a folder that only the
user can read, and are gone afterwards.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from argosy.cli.errors import CommandError

EXTERNAL_DIFF = "KUBECTL_EXTERNAL_DIFF"
_DIFFERENT = 1


def compare(before: str, after: str, *, command: str, name: str) -> None:
    """Run the program on two files; raises `CommandError` if it cannot be run or fails."""
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="argosy-diff-") as folder:
        live, wanted = Path(folder, f"{name}-live.yaml"), Path(folder, f"{name}.yaml")
        live.write_text(before, encoding="utf-8")
        wanted.write_text(after, encoding="utf-8")
        try:
            # The user's own program, named by the user.
            done = subprocess.run([*shlex.split(command), str(live), str(wanted)], check=False)  # noqa: S603
        except OSError as error:
            raise CommandError(f"{EXTERNAL_DIFF} {command!r} cannot be run: {error.strerror}") from error
    if done.returncode > _DIFFERENT:
        raise CommandError(f"{EXTERNAL_DIFF} {command!r} failed with exit code {done.returncode}")
