import subprocess
import sys

import pytest

HEAVY = (
    "fastapi",
    "sqlalchemy",
    "kubernetes",
    "pydantic",
    "alembic",
    "httpx2",
    "rich",
    "aiohttp",
    "uvicorn",
    "msgspec",
)

PROGRAM = """
import sys
from argosy.cli.__main__ import run
run({words!r}, program="argosy", environment={{"PATH": ""}})
print(*sorted(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


def loaded(*words):
    program = PROGRAM.format(words=words, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr.split()


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("app", "--help"),
        ("completion", "bash"),
        ("version", "--help"),
        ("render", "--help"),
        ("chart", "lint", "--help"),
    ],
)
def test_help_loads_nothing_heavy(words):
    out, heavy = loaded(*words)
    assert out
    assert [name for name in heavy if name not in ("httpx2", "ssl", "yaml")] == []


def test_the_first_help_does_not_even_load_the_client():
    out, heavy = loaded("--help")
    assert "Commands:" in out
    assert heavy == []


def test_a_command_that_talks_to_the_server_loads_no_server():
    _, heavy = loaded("app", "sync", "--help")
    assert not {"fastapi", "sqlalchemy", "kubernetes", "pydantic", "alembic", "aiohttp", "uvicorn"} & set(heavy)
