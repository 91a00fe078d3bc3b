"""Removes what a plugin left, however it was left: folders that nobody may enter, or nested past every limit.

Called by `rooms` when a run is over, and at a start for what a killed server left behind. No process of the plugin
lives any more. `shutil.rmtree` goes down by recursion, and a plugin can dig deeper than that reaches.
"""

import itertools
import os
import stat
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder and all that is in it. Raises `OSError`; a folder that is not there is fine.

    Folders are moved to the top one by one, so that no path is ever longer than three names.
    """
    if not folder.is_dir() or folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    _enter(folder)
    numbers = itertools.count()
    while found := [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]:
        for below in found:
            _enter(below)
            _empty(below, top=folder, numbers=numbers)
            below.rmdir()
    for left in list(folder.iterdir()):
        left.unlink()
    folder.rmdir()


def _empty(folder: Path, *, top: Path, numbers: "itertools.count[int]") -> None:
    """Unlink what is in a folder; move the folders in it to the top, under names that are free."""
    for entry in os.scandir(folder):
        if not entry.is_dir(follow_symlinks=False):
            Path(entry.path).unlink()
            continue
        _enter(Path(entry.path))
        free = next(name for number in numbers if not os.path.lexists(name := top / f"{number}.gone"))
        Path(entry.path).rename(free)


def _enter(folder: Path) -> None:
    """Let ourselves into a folder of ours that may have been closed."""
    if stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXU != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
