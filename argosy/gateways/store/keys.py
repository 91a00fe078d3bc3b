"""The key ring of the SQL memory: a file outside the database, made on first use, readable by its owner alone."""

import base64
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from argosy.gateways.store.errors import Unusable

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys, 32 bytes each: `naming` makes digests and never changes; the first of `sealing` seals, all open."""

    naming: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(repr=False)


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file, version 1: keys in URL-safe base64, the newest sealing key first."""

    version: int
    naming: str
    sealing: tuple[str, ...]


def generate() -> KeyRing:
    """Return a ring of fresh random keys."""
    return KeyRing(naming=secrets.token_bytes(_KEY_BYTES), sealing=(secrets.token_bytes(_KEY_BYTES),))


def load_or_create(path: Path) -> KeyRing:
    """Return the ring in the file, which is made (mode 0600) if it is not there; two at once get the same.

    Raises `Unusable` as `load` does.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = _write_beside(path, generate())
        try:
            path.hardlink_to(written)
        except FileExistsError:
            pass  # another process was faster: its keys are the keys
        finally:
            written.unlink()
    return load(path)


def load(path: Path) -> KeyRing:
    """Return the ring in the file. Raises `Unusable` if others may read it, or if it is missing or malformed."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise Unusable(f"key file {path} cannot be read: {error.strerror}; restore it from your backup") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Unusable(f"key file {path} may be read by others (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
    return parse(content, where=str(path))


def parse(content: bytes, *, where: str) -> KeyRing:
    """Return the ring that a key file's content holds; `where` names it in the `Unusable` that is raised."""
    try:
        file = msgspec.json.decode(content, type=_KeyFile)
        ring = KeyRing(naming=_decoded(file.naming), sealing=tuple(_decoded(key) for key in file.sealing))
    except (msgspec.MsgspecError, ValueError) as error:
        # Neither cause nor content is shown: it is key material.
        raise Unusable(f"key file {where} is malformed ({type(error).__name__}); restore it from your backup") from None
    if file.version != 1 or not ring.sealing:
        raise Unusable(f"key file {where} is not of version 1 with a sealing key; it may be of a newer Argosy")
    return ring


def rotate(path: Path) -> KeyRing:
    """Put a fresh sealing key first in the file and return the new ring; the old keys still open what they sealed.

    Raises `Unusable` as `load` does.
    """
    old = load(path)
    ring = KeyRing(naming=old.naming, sealing=(secrets.token_bytes(_KEY_BYTES), *old.sealing))
    _write_beside(path, ring).replace(path)
    return ring


def _write_beside(path: Path, ring: KeyRing) -> Path:
    """Write the ring, synced to disk, into a new file in the same folder and return its path."""
    content = msgspec.json.encode(
        _KeyFile(version=1, naming=_encoded(ring.naming), sealing=tuple(_encoded(key) for key in ring.sealing))
    )
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def _decoded(text: str) -> bytes:
    key = base64.b64decode(text, altchars=b"-_", validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError("wrong length")
    return key
