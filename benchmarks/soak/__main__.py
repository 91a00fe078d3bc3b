"""Edit fifty applications at random for some minutes, and hold the controller's verdicts to the API server's own.

Nobody heals. Each minute the edits pause, and then the verdict on every object must be what a fresh dry run of its
apply says. Exits with 1 if any is not. Run by `make soak`.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "controller"), str(Path(__file__).resolve().parents[1])]
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import by_hand
import estate
import house
import machine
import oracle

from app_controller.queue import ApplicationKey
from argosy.engine.judged import Judged
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.port import ApiResource, Cluster

_PERIOD = 60.0
_SETTLING = 3.0

Served = dict[GroupKind, ApiResource]
Wanted = dict[ResourceKey, tuple[ApiResource, Manifest]]


def main() -> int:
    """Run, and return 1 if a verdict was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--applications", type=int, default=50)
    parser.add_argument("--pace", type=float, default=10, help="edits a second")
    parser.add_argument("--seed", type=int, default=1)
    return asyncio.run(_run(parser.parse_args()))


async def _run(chosen: argparse.Namespace) -> int:
    chance, done, wrong, checked = Random(chosen.seed), Counter[str](), 0, 0
    async with house.opened() as opened:
        keys = await _synced(opened, chosen.applications)
        resources = (await opened.cluster.discover()).resources
        served: Served = {each.group_kind: each for each in resources if each.preferred}
        editor = connect.from_kubeconfig(opened.kubeconfig)
        wanted = _wanted(opened, keys, served)
        print(f"{machine.describe()}; {len(keys)} applications, {len(wanted)} objects, seed {chosen.seed}", flush=True)
        end = time.monotonic() + chosen.minutes * 60
        while time.monotonic() < end:
            seconds = min(_PERIOD, end - time.monotonic())
            done += await _edit(editor, wanted, chance=chance, seconds=seconds, pace=chosen.pace)
            await asyncio.sleep(_SETTLING)
            codes, failed = await _check(opened, editor, keys, served)
            wrong, checked = wrong + len(failed), checked + codes.total()
            print(
                f"{time.strftime('%H:%M:%S')}: {done.total()} edits, {dict(codes)}, wrong: {failed or 'none'}",
                flush=True,
            )
        await editor.close()
    print(f"edits: {dict(sorted(done.items()))}\n{done.total()} edits, {checked} verdicts checked, {wrong} wrong")
    return 1 if wrong else 0


async def _synced(opened: house.House, count: int) -> list[ApplicationKey]:
    """Create the applications and wait until all are in sync."""
    names = [f"soak-{number:02}" for number in range(count)]
    opened.commit({name: estate.objects(name) for name in names})
    spec = {
        "destination": {"server": "https://kubernetes.default.svc", "namespace": estate.NAMESPACE},
        "syncPolicy": {"automated": {}, "syncOptions": ["ServerSideApply=true"]},
    }
    await opened.cluster.create(
        house.NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": estate.NAMESPACE}}
    )
    await house.many([partial(opened.create, name, name, **spec) for name in names])
    keys = [ApplicationKey(house.NAMESPACE, name) for name in names]
    await opened.until(lambda: all(opened.sync_status(key) == "Synced" for key in keys))
    return keys


def _judged(opened: house.House, keys: list[ApplicationKey]) -> dict[ResourceKey, Judged]:
    """Return the controller's verdicts, now."""
    found = [opened.work.compared(key) for key in keys]
    return {each.key: each for compared in found if compared is not None for each in compared.comparison.judged}


def _wanted(opened: house.House, keys: list[ApplicationKey], served: Served) -> Wanted:
    judged = _judged(opened, keys).values()
    return {each.key: (served[each.key.group_kind], each.desired.manifest()) for each in judged if each.desired}


async def _edit(editor: Cluster, wanted: Wanted, *, chance: Random, seconds: float, pace: float) -> Counter[str]:
    """Edit for so many seconds, and return what was done how often."""
    done = Counter[str]()
    end, due = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end:
        if what := await by_hand.one(editor, wanted, chance):
            done[what] += 1
        due += 1 / pace
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return done


async def _check(
    opened: house.House, editor: Cluster, keys: list[ApplicationKey], served: Served
) -> tuple[Counter[str], list[str]]:
    """Return how many objects have which verdict, and those whose verdict is not the API server's."""
    codes, failed = Counter[str](), list[str]()
    for key, judged in _judged(opened, keys).items():
        said = await oracle.code(editor, served[key.group_kind], judged)
        codes[judged.sync_code] += 1
        if said != judged.sync_code:
            failed.append(f"{key} is {said}, and was found {judged.verdict}")
    for key in keys:
        objects = [each.sync_code for each in _judged(opened, [key]).values()]
        expected = "OutOfSync" if "OutOfSync" in objects else "Synced"
        if opened.sync_status(key) != expected:
            failed.append(f"{key} shows {opened.sync_status(key)}, not {expected}")
    return codes, failed


if __name__ == "__main__":
    sys.exit(main())
