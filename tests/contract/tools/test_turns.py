"""Turns: as many at a time as there are, one of each queue after the other, none lost."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from argosy.gateways.tools.turns import Turns


async def served(asked: list[str], *, size: int = 1) -> list[str]:
    """Ask in these queues in this order while all turns are taken, and tell in which order they are served."""
    turns = Turns(size)
    order: list[str] = []

    async def ask(queue: str) -> None:
        async with turns.turn(queue):
            order.append(queue)
            await asyncio.sleep(0)

    for _ in range(size):
        await turns.take("first")
    tasks = [asyncio.create_task(ask(queue)) for queue in asked]
    await asyncio.sleep(0)
    for _ in range(size):
        turns.give()
    await asyncio.gather(*tasks)
    return order


async def test_a_long_queue_delays_itself_and_not_the_others():
    assert await served(list("aaaabbc")) == list("abcabaa")


async def test_whoever_comes_while_others_wait_is_not_last_of_all():
    assert (await served(list("aaaaaaaaaaaab"))).index("b") == 1


async def test_one_queue_is_served_in_order():
    turns = Turns(1)
    order: list[int] = []

    async def ask(number: int) -> None:
        async with turns.turn(""):
            order.append(number)

    await asyncio.gather(*(ask(number) for number in range(10)))
    assert order == list(range(10))


async def test_no_turn_is_lost_with_those_who_give_up():
    turns = Turns(1)
    await turns.take("")
    waits, called, last = (asyncio.create_task(turns.take("")) for _ in range(3))
    await asyncio.sleep(0)
    waits.cancel()
    await asyncio.sleep(0)
    turns.give()  # the turn of `called`
    called.cancel()
    await last
    assert called.cancelled()


@given(asked=st.lists(st.sampled_from("abc"), max_size=30), size=st.integers(1, 3))
async def test_everybody_is_served_once_and_no_queue_waits_for_two_of_another(asked: list[str], size: int):
    order = await served(asked, size=size)
    assert sorted(order) == sorted(asked)
    left = {queue: asked.count(queue) for queue in asked}
    for position, queue in enumerate(order):
        if queue in order[max(0, position - 1) : position]:
            others = [other for other, count in left.items() if other != queue and count]
            assert not others or size > 1
        left[queue] -= 1
