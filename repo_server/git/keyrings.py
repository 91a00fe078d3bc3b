"""Keyrings on disk, as gpg and ssh-keygen want them: made of the public keys that a caller sent, kept while in use.

Called by `git.signatures`. Nothing in here is secret, but the folders are ours alone, so that nobody slips a key in.
"""

import asyncio
import hashlib
import os
import re
import shutil
import subprocess
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from argosy.gateways.clock import Clock
from repo_server.errors import Refused
from repo_server.git.access import HARDENED
from repo_server.git.verdicts import Verdict
from repo_server.recent import Recent

MOST_VERDICTS = 500_000

_KEPT = 16
_SECONDS = 30
_ARMOUR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_SSH_KEY = re.compile(
    r"(?P<before>.*?)(?P<type>(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)[ \t]+(?P<key>[A-Za-z0-9+/]+={0,2})(?:\s.*)?"
)
_UNWRITTEN = re.compile("No space left on device|Disk quota exceeded|Read-only file system")
_OPTION = re.compile(r'\bcert-authority\b|\b(?:valid-after|valid-before|namespaces)="[^"]*"')
_GPG_CONF = "no-autostart\ntrust-model always\nno-auto-key-retrieve\nno-auto-check-trustdb\ndisable-dirmngr\n"


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """A folder with keys; `until` is when (in Unix seconds) the next of them expires, and all is to be judged anew.

    What was found out with these keys is kept here: `verdicts` by object id, and the commits whose whole ancestry was
    `proved`, by the keys that were asked for.
    """

    folder: Path
    until: float
    verdicts: Recent[str, Verdict] = field(default_factory=lambda: Recent(most=MOST_VERDICTS))
    proved: dict[frozenset[str], set[str]] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which gpg knows these keys and no others."""
        return {"GNUPGHOME": str(self.folder)}

    @property
    def allowed_signers(self) -> Path:
        """The file in which ssh-keygen finds these keys."""
        return self.folder / "allowed_signers"


class Keyrings:
    """Makes keyrings in a folder of its own."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._kept: OrderedDict[str, Keyring] = OrderedDict()
        self._making = asyncio.Lock()

    def open(self) -> None:
        """Make the folder, without what an earlier process left in it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, mode=0o700)

    async def of(self, keys: tuple[str, ...]) -> Keyring:
        """Return the keyring of these public keys. Raises `Refused` (unavailable) where there is no gpg, or no room."""
        name = hashlib.sha256("\0".join(keys).encode()).hexdigest()[:32]
        async with self._making:
            known = self._kept.pop(name, None)
            if known is None or known.until <= self._clock.now().timestamp():
                known = await self._make(self._folder / name, keys)
            self._kept[name] = known
            if len(self._kept) > _KEPT:
                _, oldest = self._kept.popitem(last=False)
                await asyncio.to_thread(shutil.rmtree, oldest.folder, ignore_errors=True)
            return known

    async def _make(self, folder: Path, keys: tuple[str, ...]) -> Keyring:
        armoured = [key for key in keys if _ARMOUR in key]
        try:
            await asyncio.to_thread(_prepare, folder, keys)
        except OSError as error:
            raise _unwritable(error.strerror) from error
        if not armoured:
            return Keyring(folder=folder, until=float("inf"))
        # What cannot be imported is a key that is not there, and is named as such by the commits that need it. One by
        # one, for gpg takes none of those beside a broken one.
        for key in armoured:
            await _gpg(folder, ["--import"], key)
        listed = await _gpg(folder, ["--with-colons", "--list-keys"], "")
        now = self._clock.now().timestamp()
        return Keyring(folder=folder, until=min((end for end in _ends(listed) if end > now), default=float("inf")))


def _prepare(folder: Path, keys: tuple[str, ...]) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / "gpg.conf").write_text(_GPG_CONF)
    lines = [line for key in keys if _ARMOUR not in key for line in key.splitlines()]
    (folder / "allowed_signers").write_text("".join(filter(None, map(_signer, lines))))


def _signer(line: str) -> str:
    """Return a line of an allowed_signers file as we write it: whoever holds the key is "signer"."""
    match = _SSH_KEY.fullmatch(line.strip())
    if match is None or line.lstrip().startswith("#"):
        return ""
    options = ",".join(_OPTION.findall(match["before"]))
    return " ".join(filter(None, ("signer", options, match["type"], match["key"]))) + "\n"


def _ends(listed: str) -> list[float]:
    fields = [line.split(":") for line in listed.splitlines()]
    return [float(line[6]) for line in fields if line[0] in ("pub", "sub") and len(line) > 6 and line[6].isdigit()]


async def _gpg(folder: Path, arguments: list[str], text: str) -> str:
    command = ["gpg", "--batch", "--no-tty", *arguments]
    environment = {"PATH": os.environ.get("PATH", os.defpath), **HARDENED, "GNUPGHOME": str(folder), "LC_ALL": "C"}

    def run() -> "subprocess.CompletedProcess[bytes]":
        # S603: nothing in the command comes from outside; the keys go in as text.
        return subprocess.run(  # noqa: S603
            command, input=text.encode(), capture_output=True, check=False, timeout=_SECONDS, env=environment
        )

    try:
        finished = await asyncio.to_thread(run)
    except FileNotFoundError as error:
        raise Refused(
            "unavailable", "signatures cannot be checked: gpg is not installed beside the repo server; install gnupg"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise Refused(
            "limit_exceeded", f"gpg did not read the keyring within {_SECONDS} seconds; look at argocd-gpg-keys-cm"
        ) from error
    if unwritten := _UNWRITTEN.search(finished.stderr.decode("utf-8", "replace")):
        raise _unwritable(unwritten[0])
    return finished.stdout.decode("utf-8", "replace")


def _unwritable(because: str | None) -> Refused:
    """Return the refusal where a keyring has no place: without its keys, what is well signed would seem not to be."""
    return Refused("unavailable", f"a keyring cannot be written to the repo server's disk: {because}; see to it")
