"""The bytes of a tar archive -> its regular files; whatever else it holds refuses it whole. Pure. Called by `archive`.

Our own reader and not the standard library's: that one takes a damaged header for the end of the archive, so that a
part of the files would look like all of them (and what is missing would be pruned), and as of Python 3.11 it runs in
circles on negative sizes. Read are the formats that tar programs write: ustar, pax and GNU's long names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_BLOCK = 512
_EMPTY = bytes(_BLOCK)
_LARGEST_HEADER = 64 * 1024
_REGULAR = (b"0", b"\0", b"7")
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a named pipe",
    b"S": "a sparse file",
}


class BadArchive(Exception):
    """The archive is not sound; the text says what is wrong with it, and where."""


class TooManyMembers(Exception):
    """The archive holds more than it may."""


@dataclass(frozen=True, kw_only=True)
class _Header:
    name: str
    kind: bytes
    size: int
    start: int

    @property
    def end(self) -> int:
        """Where the next header begins; nothing follows a folder, whatever its size says."""
        return self.start + (0 if self.kind == b"5" else -(-self.size // _BLOCK) * _BLOCK)


def files(content: bytes, *, most: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each regular file. Raises `BadArchive`, or `TooManyMembers` beyond `most` members."""
    told: Mapping[str, str] = {}
    position = members = 0
    while (block := content[position : position + _BLOCK]) and block != _EMPTY:
        members += 1
        if members > most:
            raise TooManyMembers
        header = _header(block, position + _BLOCK, told)
        if header.start + (0 if header.kind == b"5" else header.size) > len(content):
            raise BadArchive(f"it ends in the middle of {header.name[:100]!r}")
        position = header.end
        if header.kind in (b"x", b"g", b"L"):
            told = {**told, **_told(content, header)}
            continue
        told = {}
        if header.kind in _REGULAR and not header.name.endswith("/"):
            yield header.name, content[header.start : header.start + header.size]
        elif header.kind not in (*_REGULAR, b"5"):
            raise BadArchive(f"it holds {header.name[:100]!r}, which is {_KINDS.get(header.kind, 'no plain file')}")
    if content.count(0, position) != len(content) - position:
        raise BadArchive(f"something follows its end, at byte {position:,}")


def _header(block: bytes, start: int, told: Mapping[str, str]) -> _Header:
    if len(block) < _BLOCK or sum(block) - sum(block[148:156]) + 8 * ord(" ") != _number(block[148:156]):
        raise BadArchive(f"the header at byte {start - _BLOCK:,} is damaged")
    size = told.get("size", "")
    if size and not (size.isdecimal() and size.isascii() and len(size) < 20):
        raise BadArchive(f"the size {size[:20]!r} before byte {start:,} is none")
    return _Header(
        name=told.get("path") or _name(block),
        kind=block[156:157],
        size=int(size) if size else _number(block[124:136]),
        start=start,
    )


def _name(block: bytes) -> str:
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{_text(block[:100])}" if prefix else _text(block[:100])


def _told(content: bytes, header: _Header) -> Mapping[str, str]:
    """Return what a header of headers says of the next member: its path or its size."""
    if header.size > _LARGEST_HEADER:
        raise BadArchive(f"a header of {header.size:,} bytes is too long")
    data = content[header.start : header.start + header.size]
    if header.kind == b"L":
        return {"path": _text(data)}
    records = dict(_records(data))
    if any(key.startswith("GNU.sparse.") for key in records):
        raise BadArchive("it holds a sparse file")
    if header.kind == b"g" and not records.keys().isdisjoint({"path", "size"}):
        raise BadArchive("it names all of its members alike")
    return {key: records[key] for key in ("path", "size") if key in records}


def _records(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the records of a pax header, each "LENGTH KEY=VALUE" and a newline."""
    position = 0
    while position < len(data):
        length, space, _ = data[position : position + 20].partition(b" ")
        end = position + int(length) if length.isdigit() else 0
        record = data[position + len(length) + 1 : end]
        if not space or end > len(data) or not record.endswith(b"\n") or b"=" not in record:
            raise BadArchive("its pax headers are damaged")
        key, _, value = record[:-1].partition(b"=")
        yield _decoded(key), _decoded(value)
        position = end


def _number(field: bytes) -> int:
    """Return a number that is octal text or, as GNU writes large ones, binary."""
    if field[0] & 0x80:
        if field[0] != 0x80:
            raise BadArchive("a size is negative or out of all bounds")
        return int.from_bytes(field[1:], "big")
    text = field.strip(b" \0")
    if not all(digit in b"01234567" for digit in text):
        raise BadArchive(f"{text[:12]!r} is no number")
    return int(text or b"0", 8)


def _text(field: bytes) -> str:
    return _decoded(field.partition(b"\0")[0])


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise BadArchive(f"{text[:100]!r} is not UTF-8") from error
