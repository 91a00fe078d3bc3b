"""docs/dependencies.md names every direct dependency and no other; each is used, and where the page says."""

import ast
import json
import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
PACKAGES = ("argosy", "repo_server", "app_controller", "api_server", "migrations")
BROUGHT_ALONG = {"starlette": "fastapi", "yarl": "aiohttp"}
"""What is imported although another package brings it: it is part of how that package is used, and named with it."""


def canonical(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def project() -> dict[str, list[str]]:
    """Return the requirements of each group of pyproject.toml."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {
        "run": data["project"]["dependencies"],
        "optional": [each for extra in data["project"]["optional-dependencies"].values() for each in extra],
        "dev": data["dependency-groups"]["dev"],
    }
    return {name: [canonical(each) for each in group if canonical(each) != "argosy"] for name, group in groups.items()}


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.partition(f"## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(title: str) -> set[str]:
    cells = re.findall(r"^\| (`[^|]*`)[^|`]* \|", section(title), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@cache
def imports_of(file: Path) -> frozenset[str]:
    """Return the top names that a Python file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return frozenset(found)


def files(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(*places: str) -> set[str]:
    return {name for place in places for file in files(place) for name in imports_of(file)}


def modules_of(package: str) -> set[str]:
    """Return the names under which a package is imported."""
    return {name for name, owners in metadata.packages_distributions().items() if package in map(str.lower, owners)}


def go_requirements(folder: str) -> set[str]:
    text = (ROOT / folder / "go.mod").read_text()
    return set(re.findall(r"^\t(\S+) v\S+$", text, re.MULTILINE))


def test_every_python_dependency_is_on_the_page_and_no_other() -> None:
    groups = project()
    assert first_column("Python, at run time") == set(groups["run"])
    assert first_column("Python, for development") == set(groups["dev"])
    assert all(f"`{name}`" in section("Python, at run time") for name in groups["optional"])


@pytest.mark.parametrize("package", project()["run"])
def test_it_is_imported_where_the_page_says_and_nowhere_else(package: str) -> None:
    row = re.search(rf"^\| `{package}` \|[^|]*\|([^|]*)\|", section("Python, at run time"), re.MULTILINE)
    assert row
    places = re.findall(r"`([^`]+)`", row[1])
    places += ["repo_server", "app_controller", "api_server"] if "the processes" in row[1] else []
    names = modules_of(package)
    assert names
    unused = [place for place in places if not names & imports(place)]
    assert unused == []
    elsewhere = [
        str(file.relative_to(ROOT))
        for top in PACKAGES
        for file in files(top)
        if names & imports_of(file) and not any(file.is_relative_to(ROOT / place) for place in places)
    ]
    assert elsewhere == []


def test_nothing_is_imported_that_is_not_a_direct_dependency() -> None:
    owners = metadata.packages_distributions()
    known = {*project()["run"], *project()["optional"], "argosy"}
    foreign = {name: {each.lower() for each in owners[name]} for name in imports(*PACKAGES) if name in owners}
    assert {
        name for name, packages in foreign.items() if not packages & known and BROUGHT_ALONG.get(name) not in known
    } == set()


@pytest.mark.parametrize("group", ["run", "optional", "dev"])
def test_it_is_locked(group: str) -> None:
    lock = (ROOT / "requirements" / ("dev.txt" if group == "dev" else "runtime.txt")).read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert set(project()[group]) - locked == set()


def test_the_pages_dependencies_are_on_the_page_and_no_other() -> None:
    package = json.loads((ROOT / "ui" / "package.json").read_text())
    assert first_column("The web page") == set(package["dependencies"])
    tools = section("The web page").partition("To build and to try it:")[2]
    assert set(re.findall(r"`([^`]+)`", tools)) == set(package["devDependencies"])


@pytest.mark.parametrize("name", json.loads((ROOT / "ui" / "package.json").read_text())["dependencies"])
def test_the_page_imports_it(name: str) -> None:
    sources = [path for suffix in ("ts", "tsx", "css") for path in (ROOT / "ui" / "src").rglob(f"*.{suffix}")]
    used = re.compile(rf"""['"]{re.escape(name)}(/[^'"]*)?['"]""")
    assert any(used.search(path.read_text()) for path in sources)


def test_the_go_modules_are_on_the_page_and_no_other() -> None:
    worker, cluster = section("Go").split("The development control plane")
    modules = r"`((?:[a-z0-9]+\.)+[a-z]+/[^`]+)`"
    assert set(re.findall(modules, worker)) == go_requirements("tool_worker")
    assert set(re.findall(modules, cluster)) == go_requirements("tools/devcluster")


def test_the_debian_packages_are_those_that_make_installs() -> None:
    lines = re.findall(r"tools/build/debian\.py (.+)", (ROOT / "Makefile").read_text())
    assert first_column("Programs") == {name for line in lines for name in line.split()}


def test_the_wheels_with_tools_are_on_the_page() -> None:
    pinned = {path.stem for path in (ROOT / "tools" / "build" / "wheels").iterdir()}
    bootstrap = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "bootstrap.txt").read_text(), re.MULTILINE)
    assert {name for name in (*pinned, *bootstrap) if f"`{name}`" not in PAGE} == set()
