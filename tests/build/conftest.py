"""The scripts of tools/build, run as make runs them: by a plain Python, with a cache of the test's own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent / "tools" / "build"


@dataclass(frozen=True)
class Scripts:
    """Calls scripts with a cache of one's own, and with Go's usual one so that its library is not compiled anew."""

    cache: Path
    go: Path

    def start(self, script: str, *arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        """Start a script; the variables replace those of this process."""
        return subprocess.Popen(
            [sys.executable, SCRIPTS / script, *arguments],
            env={**os.environ, **self.variables(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script to its end."""
        with self.start(script, *arguments, **variables) as process:
            out, errors = process.communicate()
        return subprocess.CompletedProcess([script], process.returncode, out, errors)

    def variables(self) -> dict[str, str]:
        """The caches, and a PATH on which Go comes first."""
        go_cache = subprocess.run(
            [self.go, "env", "GOCACHE"], capture_output=True, text=True, check=True
        ).stdout.strip()
        path = f"{self.go.parent}{os.pathsep}{os.environ['PATH']}"
        return {"XDG_CACHE_HOME": str(self.cache), "GOCACHE": go_cache, "PATH": path}


@pytest.fixture(scope="session")
def go() -> Path:
    """The Go that the scripts use on this machine."""
    command = [sys.executable, SCRIPTS / "go_program.py", "--go"]
    return Path(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()) / "go"


@pytest.fixture
def scripts(tmp_path: Path, go: Path) -> Scripts:
    """The scripts, over an empty cache."""
    return Scripts(tmp_path / "cache", go)
