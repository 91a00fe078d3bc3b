"""Keeps a mirror small: what was fetched by id long ago is let go, and packs are put together. Called by `git.mirror`.

Nothing here may fail a request: a mirror that could not be tidied is larger than it need be, and is tidied next time.
"""

from datetime import date
from pathlib import Path

from repo_server.git.command import Network

_REFS = "refs/argosy/"
_KEPT_DAYS = 14
_MOST_AT_ONCE = 100
_GC = {
    "gc.autoDetach": "false",
    # What is let go is kept for as long as a render may still be reading it, and in one pack, not in loose files.
    "gc.cruftPacks": "true",
    "gc.pruneExpire": "2.days.ago",
    "gc.autoPackLimit": "40",
    # A large pack is not written anew for the sake of a few small ones.
    "gc.bigPackThreshold": "256m",
}


def keep(commit: str, today: date) -> str:
    """Return the ref that holds a commit which is on no branch and under no tag."""
    return f"{_REFS}{today.toordinal()}/{commit}"


async def tidy(network: Network, folder: Path, *, today: date) -> None:
    """Let go of what was kept by `keep` more than 14 days ago, and put packs together if there are many."""
    listed = await network.look(folder, ["for-each-ref", "--format=%(refname)", _REFS], {})
    names = listed.output.decode("ascii", "replace").split()
    for name in [name for name in names if _is_old(name, today)][:_MOST_AT_ONCE]:
        await network.look(folder, ["update-ref", "-d", name], {})
    settings = [word for name, value in _GC.items() for word in ("-c", f"{name}={value}")]
    await network.look(folder, [*settings, "gc", "--auto", "--quiet"], {})


def _is_old(name: str, today: date) -> bool:
    day = name.removeprefix(_REFS).partition("/")[0]
    return not day.isdecimal() or int(day) + _KEPT_DAYS < today.toordinal()
