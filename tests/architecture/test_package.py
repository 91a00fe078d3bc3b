"""What the wheel carries. What is built elsewhere (worker, page) is stood in for by small files of the same name."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("argosy", "repo_server", "app_controller", "api_server")
MADE = ("argosy/_bin/tool_worker", "argosy/_ui/index.html", "argosy/_ui/assets/page.js")
WORKER = b"\x7fELF stands in for the tool worker"


def checkout(folder: Path) -> Path:
    """Return a copy of what the wheel is made of, with the made parts."""
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy2(ROOT / name, folder)
    for name in (*PACKAGES, "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_bin", "_ui"))
    for name in MADE:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(WORKER if "_bin" in name else b"made")
    (folder / MADE[0]).chmod(0o755)
    return folder


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the wheel into `dist`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = checkout(tmp_path_factory.mktemp("wheel"))
    built = build(folder)
    assert built.returncode == 0, built.stderr
    (path,) = (folder / "dist").iterdir()
    return path


def modules() -> set[str]:
    """Name every Python file of the checkout that an installation needs, by its path in the wheel."""
    scripts = {f"argosy/{path.relative_to(ROOT)}" for path in (ROOT / "migrations").rglob("*.py")}
    return scripts | {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}


def test_it_carries_every_module_the_migrations_and_the_definitions(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    crds = {str(path.relative_to(ROOT)) for path in (ROOT / "argosy" / "crds").iterdir()}
    assert crds
    assert (modules() | crds | set(MADE)) - names == set()


def test_it_carries_nothing_of_the_workshop(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_worker_can_be_run(wheel: Path) -> None:
    member = zipfile.ZipFile(wheel).getinfo(MADE[0])
    assert member.external_attr >> 16 & 0o777 == 0o755
    assert zipfile.ZipFile(wheel).read(member) == WORKER


def test_it_is_for_this_platform_and_any_python(wheel: Path) -> None:
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.stem.split("-")[2:] == ["py3", "none", platform]


def test_it_installs_both_commands(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (each for each in archive.namelist() if each.endswith("entry_points.txt"))
    points = ConfigParser()
    points.read_string(archive.read(name).decode())
    assert set(points["console_scripts"]) == {"argosy", "kubectl-argosy"}


@pytest.mark.parametrize("missing", MADE[:2])
def test_it_is_not_built_without(missing: str, tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    (folder / missing).unlink()
    refused = build(folder)
    assert refused.returncode != 0
    assert f"{missing} is missing; run `make " in refused.stderr
