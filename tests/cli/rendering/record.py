"""Records what the command lines of the field make of the examples here: `expected.yaml` beside each `case.yaml`.

    python -m tests.cli.rendering.record [--programs FOLDER]

Builds `helm`, `kustomize` and `jsonnet` from their Go modules, in the versions that the tool worker has, into the
folder (a temporary one if none is given). To be run again when those versions or an example change; `test_render.py`
compares.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from tests.tool_worker import oracle

HERE = Path(__file__).parent
GO_PROGRAM = HERE.parents[2] / "tools" / "build" / "go_program.py"
PROGRAMS = {
    "helm": ("helm.sh/helm/v4", "/cmd/helm"),
    "kustomize": (oracle.KUSTOMIZE, ""),
    "jsonnet": ("github.com/google/go-jsonnet", "/cmd/jsonnet"),
}
"""Module and package of each program."""


def main() -> None:
    """Build what is missing, and record every example."""
    parser = argparse.ArgumentParser(description="Record what helm, kustomize and jsonnet make of the examples.")
    parser.add_argument("--programs", type=Path, help="folder to build the programs into, or that has them")
    parser.add_argument("--build-only", action="store_true", help="record nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        programs = (given.programs or Path(temporary, "programs")).absolute()
        build(programs)
        if given.build_only:
            return
        # In a copy, for some examples edit their kustomization first.
        shutil.copytree(HERE, Path(temporary, "examples"))
        for case in sorted(HERE.glob("*/case.yaml")):
            expected = record(Path(temporary, "examples", case.parent.name), programs)
            (case.parent / "expected.yaml").write_text(expected)
            print(case.parent.name)  # noqa: T201  for whoever runs this


def build(programs: Path) -> None:
    """Build the programs that are not there."""
    versions = dict(re.findall(r"^\s*(\S+) (v\S+)$", (oracle.WORKER / "go.mod").read_text(), re.MULTILINE))
    versions[oracle.KUSTOMIZE] = oracle.KUSTOMIZE_VERSION
    for name, (module, package) in PROGRAMS.items():
        if not (programs / name).exists():
            go = subprocess.check_output([sys.executable, GO_PROGRAM, "--go"], text=True).strip()
            environment = {**os.environ, "GOBIN": str(programs), "PATH": f"{go}:{os.environ['PATH']}"}
            wanted = f"{module}{package}@{versions[module]}"
            subprocess.run(["go", "install", "-ldflags", "-s -w", wanted], env=environment, check=True)


def record(folder: Path, programs: Path) -> str:
    """Return what the programs print for an example, as YAML."""
    case = yaml.safe_load((folder / "case.yaml").read_text())
    for line in case.get("prepare", ()):
        run(line, folder, programs)
    for edit in case.get("edits", ()):
        run(f"kustomize edit {edit}", folder / case["edited"], programs)
    printed = [run(line, folder, programs) for line in case["oracles"]]
    return "".join(text if text.startswith("---") else f"---\n{text}" for text in printed)


def run(line: str, folder: Path, programs: Path) -> str:
    """Run a command line in a folder and return what it prints."""
    program, *arguments = shlex.split(line)
    # Nothing of whoever records goes in: no home, no configuration. Kustomize looks for helm in PATH.
    environment = {"PATH": f"{programs}:{os.defpath}", "HOME": str(folder)}
    return subprocess.check_output([programs / program, *arguments], cwd=folder, env=environment, text=True)


if __name__ == "__main__":
    main()
