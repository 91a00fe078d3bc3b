"""Removes what a plugin left, however it was left: folders that nobody may enter, or nested past every limit.

Called by `rooms` when a run is over, and at a start for what a killed server left behind. No process of the plugin
lives any more. `shutil.rmtree` goes down by recursion, and a plugin can dig deeper than that reaches; here one folder
at a time is open, and the way back up is "..".
"""

import os
import stat
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(folder: Path) -> None:
    """Remove a folder and all that is in it. Raises `OSError`; a folder that is not there is fine."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    folder.chmod(stat.S_IRWXU)
    here = os.open(folder, _FOLDER)
    way: list[str] = []
    try:
        while True:
            below = _unlink_files(here)
            if below:
                os.chmod(below, stat.S_IRWXU, dir_fd=here)
                here = _moved(here, below)
                way.append(below)
            elif way:
                here = _moved(here, "..")
                os.rmdir(way.pop(), dir_fd=here)
            else:
                break
    finally:
        os.close(here)
    folder.rmdir()


def _unlink_files(folder: int) -> str:
    """Unlink what is in a folder until there is a folder in it; return the name of that, or nothing."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                return entry.name
            os.unlink(entry.name, dir_fd=folder)
    return ""


def _moved(here: int, to: str) -> int:
    there = os.open(to, _FOLDER, dir_fd=here)
    os.close(here)
    return there
