"""Packed charts that no packer makes: B-24, S-090, S-092, S-131. Each with what is said of it."""

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_BLOCK = 512
GOOD: Mapping[str, str] = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n",
}


@dataclass(frozen=True)
class Hostile:
    """An archive, and a pattern for the refusal's message."""

    make: Callable[[], bytes]
    says: str
    code: str = "render_failed"


def packed(*members: tarfile.TarInfo | bytes, files: Mapping[str, str] = GOOD, end: bytes = b"") -> bytes:
    """Return a tar of good files, then odd members (headers with empty data, or raw blocks), then its end."""
    plain = io.BytesIO()
    archive = tarfile.TarFile(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT)
    for path, content in files.items():
        info = tarfile.TarInfo(path)
        info.size = len(content.encode())
        archive.addfile(info, io.BytesIO(content.encode()))
    for extra in members:
        if isinstance(extra, bytes):
            plain.write(extra)
        else:
            archive.addfile(extra, io.BytesIO(bytes(extra.size)))
    return plain.getvalue() + bytes(2 * _BLOCK) + end


def member(name: str = "web/odd", **fields: Any) -> tarfile.TarInfo:
    """Return an odd member."""
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def header(name: bytes = b"web/odd", *, size: bytes = b"00000000000\0", kind: bytes = b"0") -> bytes:
    """Return a header as it is written, with a checksum that is right."""
    block = bytearray(_BLOCK)
    block[: len(name)] = name
    block[100:108] = b"0000644\0"
    block[124:136] = size
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[257:265] = b"ustar\x0000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax(*records: tuple[str, str], name: bytes = b"web/odd") -> bytes:
    """Return a pax header of records, and the header that it is for."""
    body = b"".join(_record(key, value) for key, value in records)
    blocks = -(-len(body) // _BLOCK) * _BLOCK
    return header(b"pax", size=b"%011o\0" % len(body), kind=b"x") + body.ljust(blocks, b"\0") + header(name)


def _record(key: str, value: str) -> bytes:
    text = f" {key}={value}\n".encode()
    length = len(text) + 1
    while len(str(length)) + len(text) != length:
        length += 1
    return str(length).encode() + text


def _damaged() -> bytes:
    content = bytearray(packed(member("web/templates/last.yaml")))
    # The header of the second file: what follows it must not be taken for the end.
    content[2 * _BLOCK + 10] ^= 0xFF
    return bytes(content)


def _gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


HOSTILE: Mapping[str, Hostile] = {
    "symbolic link": Hostile(
        lambda: _gz(packed(member(type=tarfile.SYMTYPE, linkname="/etc/passwd"))), "symbolic link"
    ),
    "link inside": Hostile(lambda: _gz(packed(member(type=tarfile.SYMTYPE, linkname="Chart.yaml"))), "symbolic link"),
    "hard link": Hostile(lambda: _gz(packed(member(type=tarfile.LNKTYPE, linkname="web/Chart.yaml"))), "hard link"),
    "device": Hostile(lambda: _gz(packed(member(type=tarfile.CHRTYPE))), "a device"),
    "pipe": Hostile(lambda: _gz(packed(member(type=tarfile.FIFOTYPE))), "a named pipe"),
    "unknown kind": Hostile(lambda: _gz(packed(header(kind=b"?"))), "no plain file"),
    "sparse header": Hostile(lambda: _gz(packed(header(kind=b"S"))), "sparse"),
    "sparse pax": Hostile(lambda: _gz(packed(pax(("GNU.sparse.major", "1")))), "sparse"),
    "parent": Hostile(lambda: _gz(packed(member("web/../../escape"))), "not a plain file inside"),
    "parent within": Hostile(lambda: _gz(packed(member("web/a/../b"))), "not a plain file inside"),
    "absolute": Hostile(lambda: _gz(packed(member("/etc/cron.d/x"))), "not a plain file inside"),
    "backslash": Hostile(lambda: _gz(packed(member("web\\..\\x"))), "not a plain file inside"),
    "drive letter": Hostile(lambda: _gz(packed(member("c:/web/x"))), "not a plain file inside"),
    "newline": Hostile(lambda: _gz(packed(member("web/a\nb"))), "not a plain file inside"),
    "not UTF-8": Hostile(lambda: _gz(packed(header(b"web/\xff\xfe"))), "not UTF-8"),
    "no folder": Hostile(lambda: _gz(packed(member("values.yaml"))), "not a plain file inside"),
    "long name": Hostile(lambda: _gz(packed(member("web/" + "x" * 5000))), "not a plain file inside"),
    "deep": Hostile(lambda: _gz(packed(member("web/" + "d/" * 400 + "x"))), "not a plain file inside"),
    "pax path out": Hostile(lambda: _gz(packed(pax(("path", "web/../../x")))), "not a plain file inside"),
    "pax size 2^63": Hostile(lambda: _gz(packed(pax(("size", str(2**63))))), "in the middle of"),
    "pax size 2^200": Hostile(lambda: _gz(packed(pax(("size", str(2**200))))), "is none"),
    "pax size negative": Hostile(lambda: _gz(packed(pax(("size", "-512")))), "is none"),
    "pax length lies": Hostile(
        lambda: _gz(packed(header(b"pax", size=b"%011o\0" % 9, kind=b"x") + b"99 path=x".ljust(_BLOCK, b"\0"))),
        "pax headers are damaged",
    ),
    "pax endless digits": Hostile(
        lambda: _gz(packed(header(b"pax", size=b"%011o\0" % _BLOCK, kind=b"x") + b"1" * _BLOCK)), "pax headers"
    ),
    "size negative": Hostile(lambda: _gz(packed(header(size=b"\xff" * 12))), "negative"),
    "size of 8 GiB": Hostile(lambda: _gz(packed(header(size=b"77777777777\0"))), "in the middle of"),
    "size in words": Hostile(lambda: _gz(packed(header(size=b"many bytes \0"))), "is no number"),
    "twice": Hostile(lambda: _gz(packed(member("web/Chart.yaml"))), "twice"),
    "below a file": Hostile(lambda: _gz(packed(member("web/Chart.yaml/x"))), "below a file"),
    "over a folder": Hostile(lambda: _gz(packed(member("web/templates"))), "twice"),
    "damaged in the middle": Hostile(lambda: _gz(_damaged()), "is damaged"),
    "cut off tar": Hostile(lambda: _gz(packed()[: 5 * _BLOCK - 100]), "is damaged|in the middle"),
    "cut off": Hostile(lambda: _gz(packed())[:-20], "cannot be unpacked"),
    "wrong checksum": Hostile(lambda: _gz(packed())[:-8] + bytes(8), "cannot be unpacked"),
    "something after its end": Hostile(lambda: _gz(packed(end=b"#!/bin/sh")), "follows its end"),
    "another archive after its end": Hostile(lambda: _gz(packed(end=packed())), "follows its end"),
    "something after the compression": Hostile(lambda: _gz(packed()) + b"#!/bin/sh", "cannot be unpacked"),
    "gzip of gzip": Hostile(lambda: _gz(_gz(packed())), "is damaged"),
    "not compressed": Hostile(packed, "cannot be unpacked"),
    "zstandard": Hostile(lambda: b"\x28\xb5\x2f\xfd" + bytes(100), "cannot be unpacked"),
    "no archive": Hostile(lambda: b"not an archive", "cannot be unpacked"),
    "nothing": Hostile(lambda: b"", "holds no files"),
    "no files": Hostile(lambda: _gz(packed(files={})), "holds no files"),
    "bomb": Hostile(
        lambda: _gz(packed(files={**GOOD, "web/bomb": "0" * 6_000_000})), "more than the limit", "limit_exceeded"
    ),
    "many files": Hostile(
        lambda: _gz(b"".join(header(b"web/%d" % number) for number in range(20_001))),
        "holds more than 20,000 files|more than the limit",
        "limit_exceeded",
    ),
}
