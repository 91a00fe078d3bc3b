"""S-159: packs that no honest remote sends, made from an honest one. None is taken, and none keeps the next from it."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.repo_server.repositories import WorkTree

_BLOB, _REF_DELTA = 3, 7
_LARGEST_COPY = 0xFFFFFF


@dataclass(frozen=True)
class Pack:
    """A pack: `make` gets an honest one with a commit and all that belongs to it; the refusal's words match `says`.

    Where `codes` is DISCARDED, it could as well be our mirror that is at fault: that is thrown away.
    """

    name: str
    make: Callable[[bytes], bytes]
    codes: tuple[str, ...]
    says: str


def honest(tree: WorkTree, commit: str) -> bytes:
    """Return a pack of a commit with everything that it leads to."""
    done = subprocess.run(
        ["git", "-C", str(tree.folder), "pack-objects", "--stdout", "--revs", "--quiet"],
        input=commit.encode() + b"\n",
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return done.stdout


def sealed(body: bytes) -> bytes:
    """Return a pack with the checksum that belongs to it."""
    return body + hashlib.sha1(body).digest()


def _flipped(position: int) -> Callable[[bytes], bytes]:
    """Return a maker of a pack with one byte changed, and the checksum that belongs to it."""
    return lambda pack: sealed(pack[:position] + bytes([pack[position] ^ 0xFF]) + pack[position + 1 : -20])


def _counted(more: int) -> Callable[[bytes], bytes]:
    """Return a maker of a pack that says it has so many more objects than it has."""

    def make(pack: bytes) -> bytes:
        count = int.from_bytes(pack[8:12]) + more
        return sealed(pack[:8] + count.to_bytes(4) + pack[12:-20])

    return make


def _object(kind: int, content: bytes, *, base: bytes = b"") -> bytes:
    size = len(content)
    head = [kind << 4 | size & 15]
    size >>= 4
    while size:
        head[-1] |= 0x80
        head.append(size & 127)
        size >>= 7
    return bytes(head) + base + zlib.compress(content)


def _number(value: int) -> bytes:
    """Write a size as a delta does: seven bits a byte, the lowest first."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def delta_bomb(pack: bytes) -> bytes:
    """Add a blob of 64 GiB that is written in 40 KB: 4,096 copies of 16 MiB of zeros."""
    zeros = bytes(_LARGEST_COPY)
    copies = 4096
    copy = bytes([0xF0]) + _LARGEST_COPY.to_bytes(3, "little")
    delta = _number(len(zeros)) + _number(copies * len(zeros)) + copy * copies
    identity = hashlib.sha1(b"blob %d\0" % len(zeros) + zeros).digest()
    added = _object(_BLOB, zeros) + _object(_REF_DELTA, delta, base=identity)
    return sealed(pack[:8] + (int.from_bytes(pack[8:12]) + 2).to_bytes(4) + pack[12:-20] + added)


def lying_delta(pack: bytes) -> bytes:
    """Add a delta that copies from beyond the end of what it is made from."""
    base = b"short"
    delta = _number(len(base)) + _number(100) + bytes([0x91, 50, 100])
    identity = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()
    added = _object(_BLOB, base) + _object(_REF_DELTA, delta, base=identity)
    return sealed(pack[:8] + (int.from_bytes(pack[8:12]) + 2).to_bytes(4) + pack[12:-20] + added)


def orphan_delta(pack: bytes) -> bytes:
    """Add a delta of an object that nobody has."""
    added = _object(_REF_DELTA, _number(5) + _number(5) + bytes([0x90, 5]), base=bytes(20))
    return sealed(pack[:8] + (int.from_bytes(pack[8:12]) + 1).to_bytes(4) + pack[12:-20] + added)


def only_a_blob(pack: bytes) -> bytes:
    """Leave out everything that was asked for."""
    return sealed(pack[:8] + (1).to_bytes(4) + _object(_BLOB, b"something else"))


UNSOUND = ("access_denied",), "its objects are not sound, and were not taken"
DISCARDED = ("damaged",)

PACKS = [
    Pack("nothing", lambda _: b"", *UNSOUND),
    Pack("no pack at all", lambda _: b"<html>" * 1000, *UNSOUND),
    Pack("cut short", lambda pack: pack[:-30], ("unavailable",), "early EOF"),
    Pack("wrong checksum", lambda pack: pack[:-1] + bytes([pack[-1] ^ 1]), *UNSOUND),
    Pack("rubbish behind it", lambda pack: pack + b"rubbish" * 1000, ("unavailable",), "git said"),
    Pack("version 9", lambda pack: sealed(pack[:4] + (9).to_bytes(4) + pack[8:-20]), *UNSOUND),
    Pack("one object too few", _counted(1), *UNSOUND),
    Pack("one object too many", _counted(-1), *UNSOUND),
    Pack("four thousand million objects", lambda pack: sealed(pack[:8] + b"\xff" * 4 + pack[12:-20]), *UNSOUND),
    Pack("broken in the middle", _flipped(60), *UNSOUND),
    Pack("delta bomb", delta_bomb, ("limit_exceeded",), "ARGOSY_GIT_MEMORY_LIMIT"),
    Pack("delta from beyond the end", lying_delta, *UNSOUND),
    Pack("delta of nothing", orphan_delta, DISCARDED, "unresolved delta"),
    Pack("something else", only_a_blob, DISCARDED, "did not send all necessary objects"),
]
