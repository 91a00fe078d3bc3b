"""All mirrors of this server, each in a folder of the state directory that is named for who asks and whom they trust.

Two callers share a mirror only if URL, credentials and trust are the same: what one may read, or was made to believe by
a proxy of its own, never reaches the other. The folder's name is a keyed hash, so it tells nothing of a credential.
"""

import asyncio
import contextlib
import hashlib
import hmac
import secrets
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from repo_server.git.access import Access
from repo_server.git.address import parse
from repo_server.git.command import Network
from repo_server.git.hosts import Count, Kind
from repo_server.git.mirror import Mirror
from repo_server.recent import Recent

_AWAKE = 32
_REMEMBERED_NAMES = 1000
_FORGOTTEN_AFTER_SECONDS = 7 * 24 * 3600
_LOOKED_THROUGH_EVERY_SECONDS = 3600
_DISCARDED = ".damaged"
_NOT_IDENTITY = {"name": "", "project": "", "type": "git", "enableOCI": False}


class Mirrors:
    """Finds the mirror for a repository, and replaces one that is damaged."""

    def __init__(
        self, folder: Path, *, network: Network, clock: Clock, schemes: tuple[str, ...], refs_seconds: float
    ) -> None:
        self._folder = folder
        self._network = network
        self._clock = clock
        self._schemes = schemes
        self._refs_seconds = refs_seconds
        self._key = b""
        self._mirrors: OrderedDict[str, Mirror] = OrderedDict()
        self._identified: Recent[tuple[str, Repository], tuple[Access, str]] = Recent(most=_REMEMBERED_NAMES)
        self._used: dict[str, float] = {}
        self._looked_through = 0.0

    def open(self) -> None:
        """Make the folder and drop mirrors that nobody has used for a week."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = _key(self._folder / "key")
        self._looked_through = self._clock.now().timestamp()
        for folder in self._folder.iterdir():
            if folder.is_dir() and (folder.suffix == _DISCARDED or self._is_forgotten(folder)):
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def asked(self) -> Mapping[tuple[str, Kind], Count]:
        """What was asked of each host since the start."""
        return self._network.hosts.counts

    async def of(self, url: str, repository: Repository) -> Mirror:
        """Return the mirror of a URL as this repository entry reaches it. Raises `Refused` for a URL not to be used."""
        access, name = self._identified.of((url, repository), lambda: self._identify(url, repository))
        self._used[name] = now = self._clock.now().timestamp()
        if now - self._looked_through >= _LOOKED_THROUGH_EVERY_SECONDS:
            await self._forget(now)
        if name not in self._mirrors:
            self._mirrors[name] = Mirror(
                self._folder / name,
                access=access,
                network=self._network,
                clock=self._clock,
                refs_seconds=self._refs_seconds,
            )
            await self._let_rest()
        self._mirrors.move_to_end(name)
        return self._mirrors[name]

    async def discard(self, mirror: Mirror) -> None:
        """Throw a damaged mirror away; whoever asks next gets a new one. Does nothing if it was already replaced."""
        name = mirror.folder.name
        if self._mirrors.get(name) is not mirror:
            return
        del self._mirrors[name]
        discarded = _set_aside(mirror.folder)
        await mirror.rest()
        await asyncio.to_thread(shutil.rmtree, discarded, ignore_errors=True)

    async def close(self) -> None:
        """End what the mirrors run."""
        for mirror in self._mirrors.values():
            await mirror.rest()

    async def _forget(self, now: float) -> None:
        """Drop mirrors that nobody has used for a week."""
        self._looked_through = now
        for folder in [each for each in self._folder.iterdir() if each.is_dir() and self._is_forgotten(each)]:
            discarded = _set_aside(folder)
            self._used.pop(folder.name, None)
            if (mirror := self._mirrors.pop(folder.name, None)) is not None:
                await mirror.rest()
            await asyncio.to_thread(shutil.rmtree, discarded, ignore_errors=True)

    def _is_forgotten(self, folder: Path) -> bool:
        used = self._used.get(folder.name) or folder.stat().st_mtime
        return used < self._clock.now().timestamp() - _FORGOTTEN_AFTER_SECONDS

    async def _let_rest(self) -> None:
        if len(self._mirrors) > _AWAKE:
            longest_unused = list(self._mirrors.values())[-_AWAKE - 1]
            await longest_unused.rest()

    def _identify(self, url: str, repository: Repository) -> tuple[Access, str]:
        """Return how a repository is reached, and the name of the mirror of all who reach it like that."""
        access = Access(address=parse(url, schemes=self._schemes), repository=repository)
        identity = msgspec.to_builtins(repository) | _NOT_IDENTITY | {"url": access.address.url}
        identity |= {"written": [access.address.username, access.address.password]}
        encoded = msgspec.json.encode(identity, order="sorted")
        return access, hmac.new(self._key, encoded, hashlib.sha256).hexdigest()[:32]


def _set_aside(folder: Path) -> Path:
    """Rename a folder at once, so that it can be deleted at leisure, and return its new name."""
    discarded = folder.with_name(f"{folder.name}-{secrets.token_hex(4)}{_DISCARDED}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(discarded)
    return discarded


def _key(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        if key := path.read_bytes():
            return key
    key = secrets.token_bytes(32)
    path.touch(mode=0o600)
    path.write_bytes(key)
    return key
