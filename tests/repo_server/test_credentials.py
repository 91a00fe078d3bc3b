"""Git reaches a repository with credentials that nobody can see, and that no other host is told."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.git.tickets import Login, TicketOffice
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.repositories import Forge, Reach

SPY = """#!{python}
import json, os, sys
with open({record!r}, "a") as file:
    file.write(json.dumps([sys.argv, dict(os.environ)]) + "\\n")
os.execv({git!r}, ["git", *sys.argv[1:]])
"""


@pytest.mark.parametrize("entry", [{}, {"force_http_basic_auth": True}])
async def test_2_71_the_right_password_opens_the_repository(private_forge: Forge, reach: Reach, entry: dict[str, bool]):
    commit = private_forge.create().commit({"a.yaml": "a: 1"})
    mirror = await reach.mirror(private_forge.address(), username="ada", password=PASSWORD, **entry)
    assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    assert await (await mirror.tree(commit)).read(["a.yaml"], limit=100) == {"a.yaml": b"a: 1"}


async def test_a_password_written_into_the_url_opens_it_too(private_forge: Forge, reach: Reach):
    commit = private_forge.create().commit({})
    written = private_forge.address().replace("http://", "http://ada:pass%2Fw%40rd%3A%C3%BC@")
    assert (await (await reach.mirror(written)).refs(fresh=True)).commits["HEAD"] == commit


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"username": "ada", "password": "wrong-password"}, "refused the credentials"),
        ({"username": "eve", "password": PASSWORD}, "refused the credentials"),
        ({"username": "ada", "password": "wrong-password", "force_http_basic_auth": True}, "refused the credentials"),
        ({"bearer_token": "wrong-password"}, "refused the credentials"),
        ({}, "wants credentials and none are configured"),
    ],
)
async def test_a_wrong_password_is_told_from_none(private_forge: Forge, reach: Reach, entry: dict[str, str], says: str):
    private_forge.create().commit({})
    mirror = await reach.mirror(private_forge.address(), **entry)
    with pytest.raises(Refused, match=says) as refused:
        await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"
    assert private_forge.address() in refused.value.message
    assert "wrong-password" not in refused.value.message
    assert PASSWORD not in refused.value.message


@pytest.mark.parametrize("entry", [{}, {"force_http_basic_auth": True}])
async def test_s_070_no_process_sees_the_password_in_its_arguments_or_environment(
    private_forge: Forge,
    reach: Reach,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: dict[str, bool],
):
    # Every git, and everything that git starts by that name, goes through a spy that writes down what it was given.
    git = next(str(path) for folder in os.get_exec_path() if (path := Path(folder, "git")).exists())
    (tmp_path / "spy").mkdir()
    spy, record = tmp_path / "spy" / "git", tmp_path / "record"
    spy.write_text(SPY.format(python=sys.executable, record=str(record), git=git))
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    commit = private_forge.create().commit({"a": "a"})
    record.unlink()
    mirror = await reach.mirror(
        private_forge.address(), username="ada", password=PASSWORD, tls_client_cert_key="CANARY-KEY", **entry
    )
    await mirror.tree((await mirror.refs(fresh=True)).commits["HEAD"])
    seen = [json.loads(line) for line in record.read_text().splitlines()]
    assert any("remote-https" in arguments for arguments, _ in seen)
    assert any("fetch" in arguments for arguments, _ in seen)
    assert PASSWORD not in record.read_text()
    assert PASSWORD not in json.loads(f"[{','.join(record.read_text().splitlines())}]").__repr__()
    assert "CANARY-KEY" not in record.read_text()
    left = [path for path in (tmp_path / "mirrors").rglob("*") if path.is_file() and b"w@rd" in path.read_bytes()]
    assert (commit, left) == (commit, [])


async def test_s_115_a_ticket_answers_each_question_once_and_only_for_its_origin(office: TicketOffice):
    login = Login(origin="https://git.example.org:443", username="ada", password="s3cr3t")
    with office.ticket(login) as environment:
        assert await _ask(environment, "Password for 'https://ada@evil.example.org': ") is None
        assert await _ask(environment, "Password for 'http://ada@git.example.org': ") is None
        assert await _ask(environment, "Password for 'https://ada@git.example.org:8443': ") is None
        assert (
            await _ask({**environment, "ARGOSY_ASKPASS_TICKET": "guess"}, "Password for 'https://git.example.org': ")
            is None
        )
        assert await _ask(environment, "Username for 'https://git.example.org': ") == "ada"
        assert await _ask(environment, "Password for 'https://ada@git.example.org': ") == "s3cr3t"
        assert await _ask(environment, "Password for 'https://ada@git.example.org': ") is None
    with office.ticket(login) as environment:
        pass
    assert await _ask(environment, "Password for 'https://ada@git.example.org': ") is None


@pytest.mark.parametrize(
    "asking",
    [
        "https://git.x.evil",
        "https://git.x:444",
        "http://git.x",
        "https://evil/git.x",
        "https://git.x@evil",
        "https://git.xn--x",
        "https://ada@git.x.",
        "https://",
        "git.x",
        "https://git.x/' and 'https://evil",
    ],
)
async def test_s_162_a_host_that_only_looks_like_it_is_told_nothing(office: TicketOffice, asking: str):
    login = Login(origin="https://git.x:443", username="ada", password="s3cr3t")
    with office.ticket(login) as environment:
        assert await _ask(environment, f"Password for '{asking}': ") is None
        assert await _ask(environment, "Password for 'https://GIT.X:443/org': ") == "s3cr3t"


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://ada:CANARY@127.0.0.1:9/app", {}),
        ("https://ada:CANARY@127.0.0.1:9/app", {}),
        ("http://127.0.0.1:9/app", {"password": "CANARY", "force_http_basic_auth": True}),
        ("http://127.0.0.1:9/app", {"bearer_token": "CANARY"}),
        ("http://127.0.0.1:9/app", {"proxy": "http://ada:CANARY@127.0.0.1:9"}),
        ("http://127.0.0.1:9/app?token=CANARY", {}),
        ("ssh://git:CANARY@127.0.0.1:9/app", {}),
        ("ssh://git@127.0.0.1:9/app", {"ssh_private_key": "CANARY"}),
        ("ftp://ada:CANARY@127.0.0.1:9/app", {}),
        ("https://127.0.0.1:9/app", {"tls_client_cert_data": "CANARY", "tls_client_cert_key": "CANARY"}),
    ],
)
async def test_s_065_a_failure_says_nothing_secret(reach: Reach, url: str, entry: dict[str, str | bool]):
    with pytest.raises(Refused) as refused:
        await (await reach.mirror(url, **entry)).refs(fresh=True)
    told = [refused.value.message, repr(refused.value.__cause__), repr(refused.value.__context__)]
    assert "CANARY" not in "".join(told)


async def test_a_ticket_that_may_be_used_again_is_used_up_in_the_end(office: TicketOffice):
    login = Login(origin="https://git.example.org:443", username="ada", password="s3cr3t")
    with office.ticket(login, answers=2) as environment:
        asked = [await _ask(environment, "Password for 'https://git.example.org': ") for _ in range(3)]
    assert asked == ["s3cr3t", "s3cr3t", None]


async def test_the_socket_may_lie_deeper_than_its_own_path_may_be_long(tmp_path: Path):
    folder = tmp_path / ("deep" * 40)
    folder.mkdir()
    for _ in range(2):  # the second finds what the first left behind
        office = TicketOffice(folder)
        await office.open()
        with office.ticket(Login(origin="https://git.x:443", username="ada", password="s3cr3t")) as environment:
            assert await _ask(environment, "Password for 'https://git.x': ") == "s3cr3t"
        await office.close()


async def _ask(environment: dict[str, str], prompt: str) -> str | None:
    process = await asyncio.create_subprocess_exec(
        environment["GIT_ASKPASS"], prompt, env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().removesuffix("\n") if process.returncode == 0 else None
