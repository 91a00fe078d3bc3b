"""One writer at a time: taking, keeping, losing and giving back a lease, in memory by hand and on a real cluster."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from argosy.gateways.clock import ManualClock, SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import Conflict, Forbidden, LeaseLost, Unreachable
from argosy.gateways.kubernetes.lease import LEASES, Lease, Terms
from argosy.gateways.kubernetes.memory import MemoryCluster

QUICK = Terms(retry=0.0)


class Office:
    """A cluster with one lease, and clocks of the candidates for it that tick together."""

    def __init__(self):
        self.cluster = MemoryCluster([LEASES])
        self.clocks = []

    def candidate(self, identity, *, clock_is_wrong_by=timedelta(0)):
        clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC) + clock_is_wrong_by)
        self.clocks.append(clock)
        return Lease(self.cluster, clock, namespace="argocd", name="controller", identity=identity, terms=QUICK)

    def wait(self, seconds):
        for clock in self.clocks:
            clock.advance(timedelta(seconds=seconds))

    async def spec(self):
        return (await self.cluster.get(LEASES, "controller", namespace="argocd"))["spec"]


@pytest.fixture
def office():
    return Office()


async def test_the_first_candidate_gets_the_lease_and_the_second_does_not(office):
    first, second = office.candidate("a"), office.candidate("b")
    assert await first.acquire()
    assert not await second.acquire()
    assert first.epoch == 1
    with pytest.raises(LeaseLost, match="not held by b"):
        second.check()
    spec = await office.spec()
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == ("a", 15, 1)
    assert spec["renewTime"] == "2026-01-01T00:00:00.000000Z"


async def test_a_silent_holder_stops_before_another_may_start(office):
    first, second = office.candidate("a"), office.candidate("b")
    await first.acquire()
    assert not await second.acquire()
    office.wait(9.9)
    first.check()
    office.wait(0.1)
    with pytest.raises(LeaseLost, match="not renewed for 10 s"):
        first.check()
    assert not await second.acquire()
    office.wait(4.9)
    assert not await second.acquire()
    office.wait(0.1)
    assert await second.acquire()
    assert second.epoch == 2


async def test_a_holder_that_renews_keeps_the_lease_whatever_the_wall_clocks_say(office):
    first = office.candidate("a", clock_is_wrong_by=timedelta(days=-400))
    second = office.candidate("b", clock_is_wrong_by=timedelta(days=400))
    await first.acquire()
    for _ in range(10):
        office.wait(5)
        await first.renew()
        assert not await second.acquire()
    assert first.epoch == 1


async def test_a_renewal_is_one_request(office):
    lease = office.candidate("a")
    await lease.acquire()
    office.cluster.fail_next("get", Unreachable("no second request"))
    await lease.renew()
    lease.check()


async def test_a_renewal_counts_from_before_it_was_sent(office):
    lease = office.candidate("a")
    await lease.acquire()
    office.wait(5)
    replace = office.cluster.replace

    async def slow(*arguments, **options):
        office.wait(9.9)
        return await replace(*arguments, **options)

    office.cluster.replace = slow
    await lease.renew()
    office.wait(0.2)
    with pytest.raises(LeaseLost):
        lease.check()


async def test_a_holder_that_was_replaced_is_told_by_the_lease(office):
    first, second = office.candidate("a"), office.candidate("b")
    await first.acquire()
    await second.acquire()
    office.clocks[1].advance(timedelta(seconds=15))
    assert await second.acquire()
    with pytest.raises(Conflict):
        await first.renew()
    with pytest.raises(LeaseLost, match="held by b"):
        await first.renew()
    with pytest.raises(LeaseLost, match="not held by a"):
        first.check()


async def test_a_lost_lease_is_not_renewed(office):
    lease = office.candidate("a")
    await lease.acquire()
    office.wait(10)
    with pytest.raises(LeaseLost):
        await lease.renew()
    assert len(office.cluster.writes) == 1


async def test_a_released_lease_is_free_at_once_and_the_epoch_grows(office):
    first, second = office.candidate("a"), office.candidate("b")
    await first.acquire()
    await first.release()
    with pytest.raises(LeaseLost):
        first.check()
    assert await second.acquire()
    assert second.epoch == 2
    await first.release()
    second.check()
    assert (await office.spec())["holderIdentity"] == "b"


async def test_an_answer_that_was_lost_is_not_waited_out(office):
    lease = office.candidate("a")
    create = office.cluster.create

    async def deaf(*arguments, **options):
        await create(*arguments, **options)
        raise Unreachable("cut")

    office.cluster.create = deaf
    with pytest.raises(Unreachable):
        await lease.acquire()
    with pytest.raises(LeaseLost):
        lease.check()
    assert await lease.acquire()
    assert lease.epoch == 2


async def test_of_two_who_try_at_once_one_gets_it(office):
    candidates = [office.candidate(name) for name in "abcdef"]
    results = await asyncio.gather(*(candidate.acquire() for candidate in candidates))
    assert results.count(True) == 1
    office.wait(15)
    results = await asyncio.gather(*(candidate.acquire() for candidate in candidates))
    assert results.count(True) <= 1


async def test_holding_waits_for_an_api_server_that_is_away(office):
    lease = office.candidate("a")
    office.cluster.fail_next("get", Unreachable("away"), times=3)
    async with lease.hold() as held:
        assert held.epoch == 1
    assert (await office.spec())["holderIdentity"] == ""


async def test_holding_does_not_wait_for_what_a_person_must_mend(office):
    office.cluster.fail_next("get", Forbidden("leases may not be read"))
    with pytest.raises(Forbidden):
        async with office.candidate("a").hold():
            pytest.fail("not held")


async def test_the_lease_is_given_back_when_the_body_fails(office):
    with pytest.raises(ZeroDivisionError):
        async with office.candidate("a").hold():
            raise ZeroDivisionError
    assert (await office.spec())["holderIdentity"] == ""


async def test_a_holder_hears_that_the_lease_is_lost(office):
    async with office.candidate("a").hold() as lease:
        lost = asyncio.create_task(lease.lost())
        await asyncio.sleep(0)
        assert not lost.done()
        office.cluster.fail_next("update", Unreachable("away"), times=1000)
        office.wait(10)
        await lost


async def test_on_a_real_cluster_a_second_holder_takes_over_and_the_first_is_fenced(control_plane, namespace):
    cluster = connect.from_kubeconfig(control_plane.kubeconfig)
    terms = Terms(duration=3, deadline=2.5, retry=0.1)

    def candidate(identity):
        clock = SystemClock()
        return Lease(cluster, clock, namespace=namespace, name="controller", identity=identity, terms=terms)

    first, second = candidate("a"), candidate("b")
    assert await first.acquire()
    await first.renew()
    async with asyncio.timeout(30), second.hold() as held:
        assert held.epoch == 2
        with pytest.raises(LeaseLost):
            first.check()
        spec = {"renewTime": "", "acquireTime": ""}
        while spec["renewTime"] == spec["acquireTime"]:
            spec = (await cluster.get(LEASES, "controller", namespace=namespace))["spec"]
        held.check()
    assert await first.acquire()
    assert first.epoch == 3
    await cluster.close()
