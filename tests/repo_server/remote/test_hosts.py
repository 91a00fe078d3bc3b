"""A host that is busy is left alone, one that stumbles is asked again, and all that it was asked is counted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.git.patience import Patience
from repo_server.git.tickets import TicketOffice
from tests.repo_server.remote import front
from tests.repo_server.remote.front import Answer, Front
from tests.repo_server.remote.networks import reaching
from tests.repo_server.repositories import Forge, Reach

AT_ONCE = Patience(attempts=3, first=0.001, factor=2, longest=0.004)


@pytest.fixture
async def busy(forge: Forge) -> AsyncIterator[Front]:
    async with front.standing_before(forge.url) as standing:
        yield standing


def test_2_68_pauses_grow_by_the_factor_up_to_the_longest():
    patience = Patience(attempts=9, first=0.25, factor=2, longest=5)
    assert [patience.pause(attempt) for attempt in range(1, 8)] == [0.25, 0.5, 1, 2, 4, 5, 5]
    assert patience.pause(10_000) == 5


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
async def test_2_68_what_may_pass_is_tried_again(
    forge: Forge, busy: Front, office: TicketOffice, tmp_path: Path, status: int
):
    commit = forge.create().commit({})
    busy.script += [Answer(status), Answer(status)]
    async with reaching(tmp_path / "m", office, patience=AT_ONCE) as reach:
        mirror = await reach.mirror(busy.address())
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    assert busy.script == []


async def test_2_68_one_attempt_is_made_unless_more_are_asked_for(forge: Forge, busy: Front, reach: Reach):
    forge.create().commit({})
    busy.script.append(Answer(503))
    mirror = await reach.mirror(busy.address())
    with pytest.raises(Refused) as refused:
        await mirror.refs(fresh=True)
    assert refused.value.code == "unavailable"
    assert len(busy.seen) == 1


@pytest.mark.parametrize(("status", "code"), [(404, "repository_not_found"), (403, "access_denied")])
async def test_2_68_what_will_not_pass_is_not_tried_again(
    busy: Front, office: TicketOffice, tmp_path: Path, status: int, code: str
):
    busy.script += [Answer(status), Answer(status)]
    async with reaching(tmp_path / "m", office, patience=AT_ONCE) as reach:
        with pytest.raises(Refused) as refused:
            await (await reach.mirror(busy.address())).refs(fresh=True)
    assert refused.value.code == code
    assert len(busy.seen) == 1


@pytest.mark.parametrize("status", [429, 503, 403])
@pytest.mark.parametrize("header", ["60", "Fri, 02 Jan 2026 00:01:00 GMT"])
async def test_a_host_that_asks_to_wait_is_left_alone_by_everybody(
    forge: Forge, busy: Front, reach: Reach, status: int, header: str
):
    commit = forge.create().commit({})
    forge.create("other").commit({})
    busy.script.append(Answer(status, {"Retry-After": header}))
    for name in ("demo", "other"):
        with pytest.raises(Refused, match="asks us to wait; it is asked again in 60 seconds") as refused:
            await (await reach.mirror(busy.address(name))).refs(fresh=True)
        assert refused.value.code == "unavailable"
    assert len(busy.seen) == 1
    assert (await (await reach.mirror(forge.address())).refs(fresh=True)).commits["HEAD"] == commit
    reach.clock.advance(timedelta(seconds=60))
    assert (await (await reach.mirror(busy.address())).refs(fresh=True)).commits["HEAD"] == commit


async def test_a_fetch_that_is_turned_away_silences_listings_too(forge: Forge, busy: Front, reach: Reach):
    commit = forge.create().commit({})
    mirror = await reach.mirror(busy.address())
    await mirror.refs(fresh=True)
    busy.script.append(Answer(429, {"Retry-After": "30"}))
    with pytest.raises(Refused, match="asks us to wait"):
        await mirror.tree(commit)
    asked = len(busy.seen)
    with pytest.raises(Refused, match="asks us to wait"):
        await mirror.refs(fresh=True)
    assert len(busy.seen) == asked


async def test_a_short_wait_is_waited_for(forge: Forge, busy: Front, office: TicketOffice, tmp_path: Path):
    commit = forge.create().commit({})
    busy.script.append(Answer(429, {"Retry-After": "1"}))
    patience = Patience(attempts=2, first=0.001, factor=2, longest=5)
    async with reaching(tmp_path / "m", office, patience=patience) as reach:
        assert (await (await reach.mirror(busy.address())).refs(fresh=True)).commits["HEAD"] == commit


async def test_no_host_can_ask_for_more_than_an_hour(forge: Forge, busy: Front, reach: Reach):
    forge.create().commit({})
    busy.script.append(Answer(429, {"Retry-After": "9" * 400}))
    with pytest.raises(Refused, match="in 3600 seconds"):
        await (await reach.mirror(busy.address())).refs(fresh=True)


async def test_what_a_tenants_own_proxy_says_silences_nobody_else(forge: Forge, busy: Front, reach: Reach):
    commit = forge.create().commit({})
    busy.script.append(Answer(429, {"Retry-After": "600"}))
    with pytest.raises(Refused, match="asks us to wait"):
        await (await reach.mirror(forge.address(), proxy=busy.url)).refs(fresh=True)
    assert (await (await reach.mirror(forge.address())).refs(fresh=True)).commits["HEAD"] == commit


@pytest.mark.parametrize("limit", [1, 2])
async def test_2_68_a_host_is_asked_for_so_many_listings_at_once(
    forge: Forge, busy: Front, office: TicketOffice, tmp_path: Path, limit: int
):
    names = [f"r{number}" for number in range(6)]
    for name in names:
        forge.create(name).commit({})
    async with reaching(tmp_path / "m", office, listings=limit) as reach:
        mirrors = [await reach.mirror(busy.address(name)) for name in names]
        await asyncio.gather(*(mirror.refs(fresh=True) for mirror in mirrors))
    assert busy.most_at_once == limit
    assert len(busy.seen) == 2 * len(names)


async def test_commands_requests_and_failures_are_counted_by_host(forge: Forge, busy: Front, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    mirror = await reach.mirror(busy.address())
    await mirror.refs(fresh=True)
    await mirror.tree(commit)
    busy.script.append(Answer(500))
    reach.clock.advance(timedelta(seconds=121))
    with pytest.raises(Refused):
        await mirror.refs(fresh=False)
    counts = reach.network.hosts.counts
    listings, fetches = counts["127.0.0.1", "ls-remote"], counts["127.0.0.1", "fetch"]
    assert (listings.commands, listings.failures, fetches.commands, fetches.failures) == (2, 1, 1, 0)
    assert listings.requests + fetches.requests == len(busy.seen)


async def test_a_thousand_who_ask_at_once_for_ten_repositories_cause_ten_listings(forge: Forge, reach: Reach):
    for number in range(10):
        forge.create(f"r{number}").commit({})
    mirrors = [await reach.mirror(forge.address(f"r{number}")) for number in range(10)]
    await asyncio.gather(*(mirror.refs(fresh=True) for mirror in mirrors * 100))
    assert reach.network.hosts.counts["127.0.0.1", "ls-remote"].commands == 10
