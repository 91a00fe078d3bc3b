"""A user's way through the web page in a real browser, on the real stack; the steps are in `page/journey.mjs`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.browser


@pytest.fixture
def node() -> Path:
    """The Node that also builds the page."""
    found = subprocess.run(
        [sys.executable, "tools/build/node.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Path(found.stdout.strip()) / "node"


@pytest.fixture
def chromium() -> str:
    """Debian's browser; `make test` installs it."""
    found = shutil.which("chromium")
    assert found, "the journey needs a browser: apt-get install chromium"
    return found


def test_a_user_signs_in_creates_syncs_sees_drift_and_deletes(
    world: Any, node: Path, chromium: str, tmp_path: Path
) -> None:
    name = "page"
    source = world.application(name)["spec"]["source"]
    given = {
        "url": world.url,
        "password": world.password,
        "name": name,
        "configMap": "guestbook",
        "form": {
            "name": name,
            "repoURL": source["repoURL"],
            "path": source["path"],
            "targetRevision": "HEAD",
            "destNamespace": name,
            "createNamespace": "true",
        },
        "kubectl": world.kubectl_path,
        "kubeconfig": str(world.stack.kubeconfig),
        "chromium": chromium,
        "picture": str(tmp_path / "where-it-stopped.png"),
    }
    journey = Path(__file__).parent / "page" / "journey.mjs"
    done = subprocess.run(
        [node, journey], input=json.dumps(given), capture_output=True, text=True, check=False, timeout=300
    )
    taken = "\n".join(f"  {sentence}" for sentence in done.stdout.splitlines())
    assert done.returncode == 0, f"it stopped in the last of these steps:\n{taken}\n{done.stderr}\n{given['picture']}"
