"""One call is shared by all who wait, and who asks anew is not answered with what began before."""

import asyncio

import pytest

from repo_server.shared_call import SharedCall


class Work:
    """Counts its beginnings, and ends when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.gates: list[asyncio.Future[None]] = []

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gates.append(gate)
        await gate
        return number


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_all_who_join_share_one_call():
    work = Work()
    call = SharedCall(work)
    waiting = [asyncio.create_task(call.join()) for _ in range(5)]
    await _settle()
    work.gates[0].set_result(None)
    assert await asyncio.gather(*waiting) == [1] * 5
    later = asyncio.create_task(call.join())
    await _settle()
    work.gates[1].set_result(None)
    assert await later == 2


async def test_who_asks_anew_shares_the_next_call_and_not_the_one_under_way():
    work = Work()
    call = SharedCall(work)
    first = asyncio.create_task(call.join())
    await _settle()
    anew = [asyncio.create_task(call.anew()) for _ in range(5)]
    await _settle()
    assert work.begun == 1
    work.gates[0].set_result(None)
    assert await first == 1
    await _settle()
    assert work.begun == 2
    meanwhile = asyncio.create_task(call.anew())
    work.gates[1].set_result(None)
    assert await asyncio.gather(*anew) == [2] * 5
    await _settle()
    work.gates[2].set_result(None)
    assert await meanwhile == 3


async def test_those_who_ask_anew_in_one_moment_share_the_first_call():
    work = Work()
    call = SharedCall(work)
    anew = [asyncio.create_task(call.anew()) for _ in range(5)]
    await _settle()
    work.gates[0].set_result(None)
    assert await asyncio.gather(*anew) == [1] * 5


async def test_who_asks_anew_in_any_moment_after_a_call_is_not_given_its_answer():
    work = Work()
    call = SharedCall(work)
    first = asyncio.create_task(call.join())
    await _settle()
    asking = [asyncio.create_task(call.anew())]
    await _settle()
    work.gates[0].set_result(None)
    while not all(task.done() for task in asking):
        await asyncio.sleep(0)
        if len(asking) < 20:
            asking.append(asyncio.create_task(call.anew()))
        for gate in work.gates:
            if not gate.done():
                gate.set_result(None)
    assert await first == 1
    assert min(await asyncio.gather(*asking)) == 2


async def test_one_who_leaves_takes_nothing_from_the_others():
    work = Work()
    call = SharedCall(work)
    leaver, stayer = asyncio.create_task(call.join()), asyncio.create_task(call.join())
    await _settle()
    leaver.cancel()
    await _settle()
    work.gates[0].set_result(None)
    assert await stayer == 1
    with pytest.raises(asyncio.CancelledError):
        await leaver


async def test_a_failure_reaches_all_and_is_not_kept():
    work = Work()
    call = SharedCall(work)
    waiting = [asyncio.create_task(call.join()) for _ in range(3)]
    await _settle()
    work.gates[0].set_exception(OSError("gone"))
    for task in waiting:
        with pytest.raises(OSError, match="gone"):
            await task
    again = asyncio.create_task(call.join())
    await _settle()
    work.gates[1].set_result(None)
    assert await again == 2
