"""Small, and measured: the limits of how we write. Raising one is a line in this file, with a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("argosy", "repo_server", "app_controller", "api_server")

MEDIAN_FILE = 120
LONGEST_FILE = 500
LONG_FUNCTION = 30
LONGEST_FUNCTION = 60
SHARE_OF_LONG_FUNCTIONS = 1 / 20


def files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def functions() -> Iterator[tuple[str, int]]:
    """Yield `file:name` and the number of lines of each function, its docstring left out."""
    for path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    lines -= (first.end_lineno or 0) - first.lineno + 1
                yield f"{path.relative_to(ROOT)}:{node.name}", lines


def lengths() -> dict[str, int]:
    return {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files()}


def test_no_file_is_too_long() -> None:
    assert {name: lines for name, lines in lengths().items() if lines > LONGEST_FILE} == {}


def test_the_median_file_is_short() -> None:
    assert median(lines for lines in lengths().values() if lines > 1) <= MEDIAN_FILE


def test_no_function_is_too_long() -> None:
    assert {name: lines for name, lines in functions() if lines > LONGEST_FUNCTION} == {}


def test_few_functions_are_long() -> None:
    found = list(functions())
    long = sorted((lines, name) for name, lines in found if lines > LONG_FUNCTION)
    assert len(long) <= len(found) * SHARE_OF_LONG_FUNCTIONS, long


def test_every_module_says_where_it_stands() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in files()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_there_is_no_drawer_for_leftovers(word: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in files() if word in path.stem.split("_")] == []
