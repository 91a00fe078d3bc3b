"""What git is told of us, whatever the machine says. Argo CD 2.69; S-155."""

import asyncio
import os
from pathlib import Path

import pytest

from argosy.engine.model.repository import Repository
from repo_server.git import access, address
from repo_server.git.access import Access
from repo_server.git.tickets import TicketOffice


@pytest.fixture
def hostile_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = (
        "[gc]\n\tauto = 1\n[core]\n\thooksPath = /tmp/hooks\n\tfsmonitor = /tmp/evil\n[credential]\n\thelper = store\n"
    )
    (tmp_path / ".gitconfig").write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("credential.helper", ""),
        ("fetch.fsckObjects", "true"),
    ],
)
async def test_2_69_and_s_155_the_built_in_configuration_is_the_only_one(
    office: TicketOffice, hostile_home: Path, name: str, value: str
):
    place = address.parse("https://git.example.org/a", schemes=("https",))
    entry = Access(address=place, repository=Repository(url=place.url))
    with access.environment(entry, office, stalled_after=5) as variables:
        environment = {"PATH": os.environ["PATH"], "HOME": str(hostile_home), **variables}
        command = ["git", "config", "--get-all", name]
        asked = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
        said, _ = await asked.communicate()
    assert said.decode().splitlines() == [value]
