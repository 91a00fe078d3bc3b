"""One edit in an application of many objects: what the controller spends on it."""

import argparse
import asyncio
import time

import house
from render.rows import Row

_EDITS = 40
_AT_REST = 0.02


async def measure(opened: house.House, chosen: argparse.Namespace) -> list[Row]:
    """Return the rows: edits of what is not ours, and edits that make the application OutOfSync and back."""
    count = chosen.objects
    opened.commit({"large": [house.config_map(f"c{number:05}", 300) for number in range(count)]})
    began = time.monotonic()
    key = await opened.create("large", "large", syncPolicy={"automated": {}})
    await opened.until(lambda: opened.sync_status(key) == "Synced")
    print(f"{count} objects synced in {time.monotonic() - began:.1f} s", flush=True)
    idle = await _rest()
    harmless = [(f"c{number:05}", {"metadata": {"labels": {"edit": str(number)}}}) for number in range(_EDITS)]
    drifting = [(f"c{number:05}", {"data": {"k0": "edited"}}) for number in range(_EDITS)]
    return [
        Row(
            what=f"an edit that does not count, among {count} objects",
            figure=await _edits(opened, harmless, idle),
            target="5 ms",
        ),
        Row(
            what=f"an edit that makes one of {count} objects differ",
            figure=await _edits(opened, drifting, idle),
            target="5 ms",
        ),
    ]


async def _edits(opened: house.House, edits: list[tuple[str, dict[str, object]]], idle: float) -> str:
    process = house.editor(opened.kubeconfig, edits, every=0.25)
    await asyncio.sleep(1.5)
    before, requests, began = time.process_time(), opened.requests(), time.monotonic()
    while process.poll() is None:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    spent = time.process_time() - before - idle * (time.monotonic() - began)
    sent = opened.requests() - requests
    return f"{spent / len(edits) * 1000:.2f} ms of processor time, {sent / len(edits):.1f} requests each"


async def _rest() -> float:
    """Wait until the controller has come to rest, and return what a second costs then."""
    while (idle := await _spent(3.0)) > _AT_REST:
        pass
    return idle


async def _spent(seconds: float) -> float:
    """Return the processor time that a second costs while nothing happens."""
    before = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - before) / seconds
