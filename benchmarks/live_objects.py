"""What it costs to hold the live objects of a large cluster: memory of each, and processor time of an event.

Measured in a process of its own, without a cluster: what lists and watches bring is read, packed and indexed as the
controller does it.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
import table

from app_controller.observe.live import Live, Reader
from app_controller.observe.objects import Objects
from argosy.engine.tracking import Tracking

_OBJECTS, _EVENTS = 100_000, 20_000
_MANAGED = (25_000, 500)


def measure() -> Sequence[table.Row]:
    """Return memory and time for a quarter of the objects managed, and for few."""
    rows: list[table.Row] = []
    for managed in _MANAGED:
        command = [sys.executable, __file__, str(managed)]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        size, held, event = orjson.loads(printed)
        of = f"{_OBJECTS:,} objects of {size:,.0f} bytes, {managed:,} managed"
        rows += [
            table.Row("memory of a live object, indexes included", f"{held:,.0f} bytes", of),
            table.Row("processor time of an event: read, packed, indexed", f"{event:,.0f} µs", f"{_EVENTS:,} events"),
        ]
    return rows


def main() -> int:
    """Print bytes as sent, bytes held and microseconds an event, as JSON."""
    import live_corpus  # noqa: PLC0415  beside this file when it is run

    objects = Objects(lambda _: None, marks=Tracking())
    readers: dict[object, Reader] = {}
    gc.collect()
    before, size, events = _resident(), 0, []
    for number, thing in enumerate(live_corpus.things(_OBJECTS, managed=int(sys.argv[1]))):
        size += len(thing.manifest)
        reader = readers.setdefault(thing.resource, Reader(thing.resource, objects))
        _put(objects, reader, thing.manifest)
        if number % (_OBJECTS // _EVENTS) == 0:
            events.append((reader, thing.manifest.replace(b'"resourceVersion":"1', b'"resourceVersion":"2', 1)))
    gc.collect()
    held = _resident() - before - sum(len(manifest) for _, manifest in events)
    begun = time.process_time()
    for reader, manifest in events:
        _put(objects, reader, manifest)
    spent = time.process_time() - begun
    print(orjson.dumps([size / _OBJECTS, held / _OBJECTS, spent / len(events) * 1e6]).decode())
    return 0


def _put(objects: Objects, reader: Reader, manifest: bytes) -> None:
    live = reader.read(manifest)
    assert isinstance(live, Live)
    objects.put(live)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
