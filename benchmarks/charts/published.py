"""A project -> its manifests: the module is downloaded by the go command, and rendered by `argosy render`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml
from projects import Project

ROOT = Path(__file__).resolve().parents[2]


class Unavailable(Exception):
    """A project that could not be had, and why."""


def rendered(project: Project, *, cache: Path, kubernetes: str) -> list[Mapping[str, Any]]:
    """Return the manifests of a project for a version of Kubernetes. Raises `Unavailable`."""
    module = _downloaded(project, cache)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "module")
        # A module is read-only, and much larger than the folder that a chart and its neighbours are in.
        part = project.path.split("/")[0]
        shutil.copytree(module / part, root / part, copy_function=_copy, dirs_exist_ok=True)
        root.chmod(0o755)
        where = root / project.path
        _leave_out_what_is_elsewhere(where / "Chart.yaml")
        command = [sys.executable, "-m", "argosy.cli", "render", str(where), "--local-repo-root", str(root)]
        options = ["--name", project.name, "--namespace", project.name, "--kube-version", kubernetes, "-o", "json"]
        done = subprocess.run([*command, *options, *project.options], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise Unavailable(done.stderr.decode().strip())
    return list(orjson.loads(done.stdout)["items"])


def _copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)


def _downloaded(project: Project, cache: Path) -> Path:
    """Return the folder of the module."""
    tools = subprocess.run(
        [sys.executable, "tools/build/go_program.py", "--go"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "GOMODCACHE": str(cache),
        "GOFLAGS": "-mod=mod",
    }
    named = f"{project.module}@{project.version}"
    command = ["go", "mod", "download", "-json", named]
    done = subprocess.run(command, env=environment, cwd=cache, capture_output=True, check=False)
    # A module for a newer Go is an error, and is there nevertheless.
    folder = cache / "".join(f"!{each.lower()}" if each.isupper() else each for each in named)
    if not folder.is_dir():
        raise Unavailable(json.loads(done.stdout or "{}").get("Error") or done.stderr.decode())
    return folder


def _leave_out_what_is_elsewhere(chart: Path) -> None:
    """Take from a chart's dependencies what is not in the module."""
    if not chart.is_file():
        return
    said = yaml.safe_load(chart.read_text())
    kept = [
        each for each in said.get("dependencies") or () if not each.get("repository", "").startswith(("http", "oci"))
    ]
    if kept != (said.get("dependencies") or []):
        chart.write_text(yaml.safe_dump({**said, "dependencies": kept}))
        chart.with_name("Chart.lock").unlink(missing_ok=True)
