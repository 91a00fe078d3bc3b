"""Install popular projects by the controller on the real control plane, and count false differences.

Right after the sync, and again when the cluster's own controllers have had their time, nothing may be OutOfSync.
Webhooks come last, together: nobody answers them here, and they would refuse what is created after them. Modules are
downloaded by the go command, through its proxy. Run by `make bench-charts`.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "controller"), str(Path(__file__).resolve().parents[1])]
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import house
import machine
import projects
import published
import trial

from argosy.engine.model.resource import Manifest, key_of

_WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
_OURS = frozenset(f"{name}.argoproj.io" for name in ("applications", "applicationsets", "appprojects"))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names of projects, separated by commas")
    parser.add_argument("--wait", type=float, default=30, help="seconds to the second look")
    cache = Path.home() / ".cache" / "argosy" / "modules"
    parser.add_argument("--cache", type=Path, default=cache, help="folder for the modules (%(default)s)")
    chosen = parser.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    asyncio.run(_measure(chosen))


async def _measure(chosen: argparse.Namespace) -> None:
    clusters: list[trial.Counting] = []

    def around(cluster: house.Cluster) -> trial.Counting:
        clusters.append(trial.Counting(cluster))
        return clusters[-1]

    async with house.opened(around) as opened:
        version = (await opened.cluster.discover()).server_version
        folders = await asyncio.to_thread(_folders, chosen, version.removeprefix("v"))
        opened.commit(folders)
        await trial.permit(opened)
        trials = [await _installed(opened, name, clusters[0]) for name in folders if name != "webhooks"]
        await asyncio.sleep(chosen.wait)
        await trial.rest(opened)
        for each in trials:
            each.later = trial.look(opened, each.key)
        if "webhooks" in folders:
            last = await _installed(opened, "webhooks", clusters[0])
            await asyncio.sleep(chosen.wait)
            await trial.rest(opened)
            last.later = trial.look(opened, last.key)
            trials.append(last)
    print(f"Kubernetes {version}, {machine.describe()}")
    _print(trials)


async def _installed(opened: house.House, name: str, cluster: trial.Counting) -> trial.Trial:
    found = await trial.install(opened, name, cluster)
    print(f"{name}: {found.phase}, {found.after.figure} OutOfSync {found.message}", file=sys.stderr, flush=True)
    return found


def _folders(chosen: argparse.Namespace, kubernetes: str) -> Mapping[str, Sequence[Manifest]]:
    """Return the manifests by project, each object once, and webhooks by themselves."""
    names = set(filter(None, chosen.only.split(",")))
    folders: dict[str, list[Manifest]] = {}
    webhooks: list[Manifest] = []
    taken: set[object] = set()
    for project in projects.TABLE:
        if names and project.name not in names:
            continue
        try:
            manifests = published.rendered(project, cache=chosen.cache, kubernetes=kubernetes)
        except published.Unavailable as error:
            print(f"{project.name} is left out: {error}", file=sys.stderr, flush=True)
            continue
        fresh = [each for each in manifests if key_of(each) not in taken and key_of(each).name not in _OURS]
        taken |= {key_of(each) for each in fresh}
        folders[project.name] = [each for each in fresh if each["kind"] not in _WEBHOOKS]
        webhooks += [each for each in fresh if each["kind"] in _WEBHOOKS]
    return {**folders, "webhooks": webhooks} if webhooks else folders


def _print(trials: Sequence[trial.Trial]) -> None:
    print("\n| project | objects | sync | dry runs asked | OutOfSync after the sync | later |\n|" + " --- |" * 6)
    for each in trials:
        figures = (each.name, each.after.objects, each.phase, each.asked.total(), each.after.figure, each.later.figure)
        print("| " + " | ".join(map(str, figures)) + " |")
    objects, asked = sum(each.after.objects for each in trials), sum(each.asked.total() for each in trials)
    after, later = (sum(len(seen.differing) for seen in looks) for looks in _looks(trials))
    print(f"| all | {objects} | | {asked} | {after} | {later} |\n")
    for each in trials:
        if each.asked:
            print(f"- {each.name}, dry runs: {', '.join(map(str, each.asked))}")
        if each.phase != "Succeeded":
            print(f"- {each.name}: {each.message}")
        for when, seen in (("after the sync", each.after), ("later", each.later)):
            for judged in seen.differing:
                print("\n".join(f"- {each.name}, {when}: {line}" for line in trial.described(judged)))


def _looks(trials: Sequence[trial.Trial]) -> tuple[list[trial.Seen], list[trial.Seen]]:
    return [each.after for each in trials], [each.later for each in trials]


main()
