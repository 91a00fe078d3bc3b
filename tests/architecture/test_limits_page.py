"""docs/limits.md says what is accepted and not obeyed. Whoever makes one of these work has to take it off the page."""

import re
from pathlib import Path

import pytest

from argosy.engine import options
from argosy.engine.model.project import ProjectSpec

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "limits.md").read_text()
DECIDES = ("argosy/engine", "app_controller", "repo_server")
SOURCE = {"repoURL": "https://git.example/a", "path": "."}


def rows(where: str) -> list[str]:
    """Return what the page names of an object, options apart."""
    table = PAGE.partition("## Accepted and not obeyed\n")[2].partition("\n\n**Refused")[0]
    cells = re.findall(rf"^\| {where} \|([^|]*)\|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def deciding_code() -> dict[str, str]:
    """Return the code that decides, by path: the models, which only carry, and the settings left out."""
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for place in DECIDES
        for path in (ROOT / place).rglob("*.py")
        if "/model/" not in str(path)
    }


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", name.rpartition(".")[2]).lower()


@pytest.mark.parametrize("name", [*rows("AppProject"), "managedNamespaceMetadata"])
def test_nobody_looks_at_the_field(name: str) -> None:
    assert name in PAGE
    used = re.compile(rf"\.{snake(name)}\b")
    assert [path for path, text in deciding_code().items() if used.search(text)] == []


def test_the_fields_are_those_of_our_models() -> None:
    assert rows("AppProject")
    assert {snake(name) for name in rows("AppProject")} <= set(ProjectSpec.__struct_fields__)


@pytest.mark.parametrize("name", rows("sync options"))
def test_nobody_looks_at_the_option(name: str) -> None:
    assert [path for path, text in deciding_code().items() if f'"{name}"' in text] == []


@pytest.mark.parametrize("name", ["CreateNamespace", "Prune", "PrunePropagationPolicy", "Delete"])
def test_an_option_that_is_obeyed_would_be_found(name: str) -> None:
    assert [path for path, text in deciding_code().items() if f'"{name}"' in text] != []
    assert name not in rows("sync options")


def test_hooks_are_known_and_left_out() -> None:
    hook = {"metadata": {"annotations": {"argocd.argoproj.io/hook": "PreSync"}}}
    assert options.is_hook(hook)
    # The plan names them, and has no step for them.
    assert [path for path, text in deciding_code().items() if "targets.hooks" in text] == ["app_controller/planning.py"]
    assert not [path for path, text in deciding_code().items() if "HookDeletePolicy" in text]
