"""What the real command lines give for our examples, as files in `expected/`: run this when an example or Helm changes.

    python tests/tool_worker/oracle.py

Builds `helm` from the Go module of the version that the tool worker holds, in a folder of its own, and runs it. The
tests compare what the worker gives with these files, so that they need no `helm`.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORKER = HERE.parent.parent / "tool_worker"


@dataclass(frozen=True)
class Render:
    """A chart as `helm template` renders it; `arguments` are of the command line, paths from here."""

    name: str
    chart: str
    kube_version: str
    arguments: tuple[str, ...] = ()


RENDERS = (
    Render("fleet", "fleet", "1.37.2", ("--include-crds",)),
    Render(
        "fleet-prod",
        "fleet",
        "v1.28.3-gke.1",
        ("--values=prod.yaml", "--api-versions=example.com/v1/Sail", "--api-versions=example.com/v1", "--skip-tests"),
    ),
    Render(
        "fleet-set",
        "fleet",
        "1.29",
        (
            "--set=tags.extra=false",
            "--set=cargo.crate.count=1",
            "--set=labels.a={x,y}",
            r"--set=labels.example\.com/team=null",
            "--set-string=power=007",
            "--set-file=greeting=charts/fleet/files/read.txt",
        ),
    ),
    Render("web", "web", "1.37.2", ("--include-crds",)),
)
LINTS = {
    "fleet": ("fleet", "--kube-version=1.30.0"),
    "shabby": ("shabby", "--kube-version=1.30.0"),
    "shabby-without-schema": ("shabby", "--kube-version=1.30.0", "--skip-schema-validation"),
}
"""Name -> the chart and the arguments of `helm lint`."""


def main() -> int:
    """Write every expected file."""
    with tempfile.TemporaryDirectory() as folder:
        helm = str(build(Path(folder)))
        for render in RENDERS:
            command = [helm, "template", "ship", f"charts/{render.chart}", "--namespace=harbour"]
            command += [f"--kube-version={render.kube_version}", *render.arguments]
            write(f"helm-{render.name}.yaml", printed(command))
        for name, (chart, *arguments) in LINTS.items():
            said = printed([helm, "lint", f"charts/{chart}", *arguments], fails=True)
            write(f"lint-{name}.txt", said.replace(str(HERE / "charts" / chart), ""))
    return 0


def build(folder: Path) -> Path:
    """Build `helm` with the versions of the worker's go.mod."""
    module = (WORKER / "go.mod").read_text().replace("module argosy/tool_worker", "module oracle")
    (folder / "go.mod").write_text(module)
    shutil.copy(WORKER / "go.sum", folder)
    (folder / "oracle.go").write_text('package oracle\n\nimport _ "helm.sh/helm/v4/cmd/helm"\n')
    command = ["go", "build", "-mod=mod", "-o", "helm", "helm.sh/helm/v4/cmd/helm"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "helm"


def printed(command: list[str], *, fails: bool = False) -> str:
    """Return what a command prints; a chart that lint does not like makes it fail."""
    return subprocess.run(command, cwd=HERE, check=not fails, stdout=subprocess.PIPE, text=True).stdout


def write(name: str, text: str) -> None:
    """Write an expected file."""
    (HERE / "expected" / name).write_text(text)


if __name__ == "__main__":
    sys.exit(main())
