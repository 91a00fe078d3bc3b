"""Many settled applications of one object: what the controller spends while nothing happens."""

import argparse
import asyncio
import time
from functools import partial
from pathlib import Path

import house
from render.rows import Row

_SECONDS = 60.0


async def measure(opened: house.House, chosen: argparse.Namespace) -> list[Row]:
    """Return the rows: created to all Synced, and at rest."""
    count = chosen.applications
    opened.commit({f"a{number:05}": [house.config_map(f"s{number:05}", 300)] for number in range(count)})
    began, spent, sent = time.monotonic(), time.process_time(), opened.requests()
    names = [f"a{number:05}" for number in range(count)]
    await house.many([partial(opened.create, name, name, syncPolicy={"automated": {}}) for name in names])
    keys = [house.ApplicationKey(house.NAMESPACE, name) for name in names]
    await opened.until(lambda: all(opened.sync_status(key) == "Synced" for key in keys))
    taken, used = time.monotonic() - began, time.process_time() - spent
    asked = opened.requests() - sent - count
    await asyncio.sleep(10)
    spent, sent, resident = time.process_time(), opened.requests(), _resident()
    await asyncio.sleep(_SECONDS)
    used_at_rest, sent_at_rest = time.process_time() - spent, opened.requests() - sent
    return [
        Row(
            what=f"{count} applications of one object, created to all Synced",
            figure=f"{taken:.1f} s, {used / count * 1000:.1f} ms and {asked / count:.2f} requests each",
            target="-",
        ),
        Row(
            what=f"{count} settled applications, nothing happens for {_SECONDS:.0f} s",
            figure=f"{used_at_rest / _SECONDS * 100:.2f} % of a core, {sent_at_rest} requests, {resident} MB resident",
            target="0.5 % for 10,000, no requests",
        ),
    ]


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
