"""Where a server sends us, we go within its own origin and three times at most; no credential goes anywhere else."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_server.errors import Refused
from repo_server.git import address, redirects
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.remote import front
from tests.repo_server.remote.front import Answer, Front
from tests.repo_server.repositories import Forge, Reach

REFS = "/info/refs?service=git-upload-pack"
ASKED = "https://git.example.org/team/app"


@pytest.fixture
async def standing(private_forge: Forge) -> AsyncIterator[Front]:
    async with front.standing_before(private_forge.url) as made:
        yield made


async def test_s_157_a_repository_that_was_renamed_on_its_server_is_found(
    private_forge: Forge, standing: Front, reach: Reach
):
    commit = private_forge.create("new").commit({"a": "a"})
    moved = Answer(301, {"Location": f"/new/.git{REFS}"}, on="/old/")
    standing.script += [moved, moved]
    mirror = await reach.mirror(standing.address("old"), username="ada", password=PASSWORD)
    assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


@pytest.mark.parametrize("unasked", [True, False])
async def test_s_157_another_server_is_not_gone_to_and_told_nothing(
    private_forge: Forge, standing: Front, reach: Reach, unasked: bool
):
    private_forge.create().commit({})
    async with front.standing_before(private_forge.url) as evil:
        standing.script.append(Answer(302, {"Location": f"{evil.address()}{REFS}"}))
        entry = {"username": "ada", "password": PASSWORD, "force_http_basic_auth": unasked}
        mirror = await reach.mirror(standing.address(), **entry)
        with pytest.raises(Refused, match="which is another server; if that is right, write this URL") as refused:
            await mirror.refs(fresh=True)
        assert evil.address() in refused.value.message
        assert evil.seen == []


async def test_s_157_a_fetch_is_not_led_away_either(private_forge: Forge, standing: Front, reach: Reach):
    commit = private_forge.create().commit({})
    mirror = await reach.mirror(standing.address(), username="ada", password=PASSWORD, force_http_basic_auth=True)
    await mirror.refs(fresh=True)
    async with front.standing_before(private_forge.url) as evil:
        for on in (REFS, "/git-upload-pack"):
            standing.script.append(Answer(307, {"Location": f"{evil.url}/demo/.git{on}"}, on=on))
            with pytest.raises(Refused, match="which is another server"):
                await mirror.tree(commit)
        assert evil.seen == []


async def test_s_157_fifty_hops_are_three(private_forge: Forge, standing: Front, reach: Reach):
    private_forge.create().commit({})
    standing.script += [Answer(302, {"Location": f"/r{hop}/.git{REFS}"}) for hop in range(50)]
    with pytest.raises(Refused, match="redirects more than 3 times") as refused:
        await (await reach.mirror(standing.address())).refs(fresh=True)
    assert refused.value.code == "unavailable"
    assert len(standing.seen) == 4


@pytest.mark.parametrize(
    ("location", "now"),
    [
        (f"https://git.example.org/team/new.git{REFS}", "https://git.example.org/team/new.git"),
        (f"https://GIT.example.org:443/team/app.git{REFS}", "https://GIT.example.org:443/team/app.git"),
        (f"/moved/app{REFS}", "https://git.example.org/moved/app"),
        ("/moved/app/git-upload-pack", "https://git.example.org/moved/app"),
    ],
)
def test_s_157_within_the_origin_we_follow(location: str, now: str):
    assert redirects.followed(address.parse(ASKED, schemes=("https",)), location).url == now


@pytest.mark.parametrize(
    "location",
    [
        f"http://git.example.org/team/app{REFS}",
        f"https://git.example.org:8443/team/app{REFS}",
        f"https://git.example.org.evil/team/app{REFS}",
        f"https://127.0.0.1/team/app{REFS}",
        f"//evil.example.org/team/app{REFS}",
        f"https://git.example.org@evil.example.org/app{REFS}",
        f"file:///etc{REFS}",
        f"ssh://git.example.org/team/app{REFS}",
        f"https://[git.example.org/app{REFS}",
        "https://git.example.org/login",
        f"https://git.example.org/a'b{REFS}",
        f"https://git.example.org/-x\n{REFS}",
    ],
)
def test_s_157_elsewhere_we_do_not(location: str):
    with pytest.raises(Refused) as refused:
        redirects.followed(address.parse(ASKED, schemes=("https",)), location)
    assert refused.value.code in {"unavailable", "invalid"}


def test_s_157_from_http_to_https_of_one_host_is_followed_with_the_login():
    asked = address.parse("http://ada:secret@git.example.org/app", schemes=("http",))
    moved = redirects.followed(asked, f"https://git.example.org/app.git{REFS}")
    assert (moved.origin, moved.password) == ("https://git.example.org:443", "secret")
    with pytest.raises(Refused):
        redirects.followed(asked, f"https://git.example.org:8443/app{REFS}")


@given(st.text())
def test_no_location_leads_out_of_the_origin(location: str):
    asked = address.parse(ASKED, schemes=("https",))
    for tail in ("", REFS):
        try:
            moved = redirects.followed(asked, location + tail)
        except Refused:
            continue
        assert moved.origin == asked.origin
