"""What the real command lines give for our examples, as files in `expected/`: run this when an example or Helm changes.

    python tests/tool_worker/oracle.py

Builds `helm` and `kustomize` from the Go modules of the versions that the tool worker holds, in a folder of its own,
and runs them. The tests compare what the worker gives with these files, so that they need neither.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5"
KUSTOMIZE_VERSION = "v5.8.1"
"""The command line that is released together with the worker's `kustomize/api`."""

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

BUILDS = {
    "overlay": ("overlay",),
    "inflated": ("inflated", "--enable-helm", "--helm-kube-version=1.30.2"),
    "harbour": ("harbour", "--enable-helm", "--helm-kube-version=1.30.2", "--helm-api-versions=example.com/v1/Sail"),
    "generated": ("generated", "--enable-helm", "--reorder=legacy", "--helm-kube-version=1.31.0"),
}
"""Name -> the kustomization and the arguments of `kustomize build`."""

EDITS = {
    "names": ("set nameprefix -- shop-", "set namesuffix -- -x", "set namespace -- there"),
    "images": ("set image nginx=mirror.example.com:5000/nginx:2.0 other@sha256:0123", "set image nginx=*:3"),
    "replicas": ("set replicas web=5",),
    "labels": ("add label tier:front app.kubernetes.io/part-of:shop",),
    "labels-by-force": ("add label --force app:other tier:front",),
    "labels-without-selector": ("add label --without-selector tier:front", "add annotation why:so"),
    "labels-in-templates": ("add label --without-selector --include-templates tier:front",),
    "annotations-by-force": ("add annotation --force team:other why:x:y",),
    "component": ("add component ../parts/tls",),
}
"""Name -> the commands of `kustomize edit` that Argo CD would run in the overlay before it builds it."""


def main() -> int:
    """Write every expected file."""
    with tempfile.TemporaryDirectory() as folder:
        helm, kustomize = build(Path(folder))
        for render in RENDERS:
            command = [helm, "template", "ship", f"charts/{render.chart}", "--namespace=harbour"]
            command += [f"--kube-version={render.kube_version}", *render.arguments]
            write(f"helm-{render.name}.yaml", printed(command))
        for name, (chart, *arguments) in LINTS.items():
            said = printed([helm, "lint", f"charts/{chart}", *arguments], fails=True)
            write(f"lint-{name}.txt", said.replace(str(HERE / "charts" / chart), ""))
        for name, (folder_name, *arguments) in BUILDS.items():
            command = [kustomize, "build", f"kustomizations/{folder_name}", f"--helm-command={helm}", *arguments]
            write(f"kustomize-{name}.yaml", printed(command))
        for name, edits in EDITS.items():
            write(f"edited-{name}.yaml", edited(kustomize, edits, Path(folder) / name))
    return 0


def edited(kustomize: str, edits: tuple[str, ...], copy: Path) -> str:
    """Return what the overlay builds to after these edits."""
    shutil.copytree(HERE / "kustomizations", copy)
    for edit in edits:
        subprocess.run([kustomize, "edit", *edit.split(" ")], cwd=copy / "overlay", check=True)
    return printed([kustomize, "build", str(copy / "overlay")])


def build(folder: Path) -> tuple[str, str]:
    """Build the programs with the versions of the worker's go.mod, and return their paths."""
    module = (WORKER / "go.mod").read_text().replace("module argosy/tool_worker", "module oracle")
    (folder / "go.mod").write_text(f"{module}\nrequire {KUSTOMIZE} {KUSTOMIZE_VERSION}\n")
    shutil.copy(WORKER / "go.sum", folder)
    programs = ("helm.sh/helm/v4/cmd/helm", KUSTOMIZE)
    (folder / "oracle.go").write_text("package oracle\n\n" + "".join(f'import _ "{path}"\n' for path in programs))
    subprocess.run(["go", "build", "-mod=mod", "-o", f"{folder}/", *programs], cwd=folder, check=True)
    return str(folder / "helm"), str(folder / "kustomize")


def printed(command: list[str], *, fails: bool = False) -> str:
    """Return what a command prints; a chart that lint does not like makes it fail."""
    return subprocess.run(command, cwd=HERE, check=not fails, stdout=subprocess.PIPE, text=True).stdout


def write(name: str, text: str) -> None:
    """Write an expected file."""
    (HERE / "expected" / name).write_text(text)


if __name__ == "__main__":
    sys.exit(main())
