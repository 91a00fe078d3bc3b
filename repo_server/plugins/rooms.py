"""Private folders, one for each run of a plugin: fresh before, gone afterwards, gone at the next start after a kill.

Called by `plugins`. A room holds the source's files (`checkout` writes them), a folder for temporary files, and one for
shared memory, so that all that a plugin can write is in one place and can be measured; and a folder of ours, where it
asks for a login.
"""

import asyncio
import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Refused
from repo_server.plugins.removal import remove

NOBODY = 65534
"""Who a plugin runs as where the repo server is root: nobody, who owns nothing of ours."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """A private folder and the folders in it; `owner` is who the plugin runs as if not as we do."""

    folder: Path
    owner: int | None

    @property
    def source(self) -> Path:
        """Where the source's files are."""
        return self.folder / "source"

    @property
    def temporary(self) -> Path:
        """The plugin's /tmp."""
        return self.folder / "tmp"

    @property
    def shared(self) -> Path:
        """The plugin's /dev/shm."""
        return self.folder / "shm"

    @property
    def desk(self) -> Path:
        """Where the plugin's git may ask for a login; the plugin can read it, and nothing more."""
        return self.folder / "desk"


class Rooms:
    """Makes and removes rooms in a folder that only this repo server uses."""

    def __init__(self, state: Path) -> None:
        self._owner = NOBODY if os.geteuid() == 0 else None
        self._folder = state if self._owner is None or _anybody_may_pass(state) else _elsewhere(state)

    def open(self) -> None:
        """Remove what an earlier start left behind."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._folder.is_symlink() or self._folder.stat().st_uid != os.geteuid():
            raise PermissionError(f"{self._folder} belongs to somebody else; remove it")
        self._folder.chmod(0o700 if self._owner is None else 0o711)
        for left in list(self._folder.iterdir()):
            remove(left)

    def close(self) -> None:
        """Remove the folder of the rooms."""
        remove(self._folder)

    @contextlib.asynccontextmanager
    async def room(self) -> AsyncGenerator[Room]:
        """Yield an empty room. Raises `Refused` (unavailable) if there is no place for it."""
        room = await asyncio.to_thread(self._make)
        try:
            yield room
        finally:
            await asyncio.shield(asyncio.to_thread(remove, room.folder))

    def _make(self) -> Room:
        try:
            room = Room(folder=Path(tempfile.mkdtemp(dir=self._folder)), owner=self._owner)
            if self._owner is not None:
                room.folder.chmod(0o711)
            for folder in (room.source, room.temporary, room.shared):
                folder.mkdir(mode=0o700)
                if self._owner is not None:
                    os.chown(folder, self._owner, self._owner)
            room.desk.mkdir()
            room.desk.chmod(0o755)
        except OSError as error:
            raise Refused("unavailable", f"a plugin's private folder cannot be made: {error.strerror}") from error
        return room


def _anybody_may_pass(folder: Path) -> bool:
    """Say whether everybody may go down to a folder, which itself need not be there yet."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.absolute().parents if parent.exists())


def _elsewhere(state: Path) -> Path:
    """Return a place for rooms that belong to a state folder which the plugin's user cannot reach.

    It has the same name at each start, so that what was left behind is found.
    """
    return Path(tempfile.gettempdir()) / f"argosy-plugins-{hashlib.sha256(os.fsencode(state)).hexdigest()[:16]}"
