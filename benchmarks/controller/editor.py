"""Patch ConfigMaps of the measured namespace from a process of its own; the list comes on standard input."""

import asyncio
import sys
import time
from pathlib import Path

import orjson

from app_controller.outside import CONFIG_MAPS
from argosy.gateways.kubernetes import connect


async def main() -> None:
    """Patch one after the other at the pace that was asked for."""
    cluster = connect.from_kubeconfig(Path(sys.argv[1]))
    pause, due = float(sys.argv[2]), time.monotonic()
    for name, body in orjson.loads(sys.stdin.buffer.read()):
        due += pause
        await cluster.patch(CONFIG_MAPS, name, body, namespace="argocd")
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    await cluster.close()


asyncio.run(main())
