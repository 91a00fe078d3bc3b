"""The text of a large index, cut into pieces and without what nobody reads of it. Pure. Called by `index`.

Indexes of tens of megabytes are common, and a YAML reader needs thirty times a text's size for it. But all of them are
written by the same program, in blocks: a chart per key, a version per item. In blocks, what belongs to a key is what is
indented below it, whatever it says; so keys can be left out, and charts be read apart, without reading YAML. A text in
any other layout is not cut at all.
"""

import io
import re
from collections.abc import Iterator

_UNREAD = re.compile(
    rb"(?:annotations|apiVersion|appVersion|condition|created|dependencies|deprecated|icon|keywords|kubeVersion|name"
    rb"|sources|tags|type):(?:\s|$)"
)
_KEY = re.compile(rb"[\"']?[A-Za-z0-9_.-]+[\"']?:(?:\s|$)")
_HEAD = b"entries:\n"


class _OtherLayout(Exception):
    """The text is not laid out in blocks as expected."""


def pieces(content: bytes, *, size: int) -> list[bytes] | None:
    """Return indexes of some charts each, of `size` bytes and a chart more; None if the text cannot be cut."""
    cut: list[bytes] = []
    try:
        piece = bytearray(_HEAD)
        for chart in _charts(content):
            piece += chart
            if len(piece) > size:
                cut.append(bytes(piece))
                piece = bytearray(_HEAD)
    except _OtherLayout:
        return None
    return [*cut, bytes(piece)] if len(piece) > len(_HEAD) else cut or None


def _charts(content: bytes) -> Iterator[bytes]:
    """Yield the lines of each chart."""
    chart: _Chart | None = None
    for line, indent in _entries(content):
        if chart is None and line.startswith(b"#"):
            continue
        if chart is None or (indent == chart.indent and not line.startswith(b"-")):
            if not _KEY.match(line):
                raise _OtherLayout
            if chart is not None:
                yield bytes(chart.kept)
            chart = _Chart(indent)
            chart.kept += b" " * indent + line
        else:
            chart.take(line, indent)
    if chart is not None:
        yield bytes(chart.kept)


def _entries(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the lines below `entries:`, without their indentation, and how deep that was."""
    within = found = False
    for line in io.BytesIO(content):
        bare = line.lstrip(b" ")
        if not bare.strip():
            if within:
                yield b"\n", -1
        elif bare.startswith(b"#") and not within:
            continue
        elif len(bare) == len(line):
            within = _is_entries(line, found)
            found = found or within
        elif within:
            yield bare, len(line) - len(bare)
    if not found:
        raise _OtherLayout


def _is_entries(line: bytes, found: bool) -> bool:
    """Say whether a key at the top is that of the entries, which may be there once."""
    if not _KEY.match(line) or (line.startswith(b"entries:") and (found or line.strip() != b"entries:")):
        raise _OtherLayout
    return line.startswith(b"entries:")


class _Chart:
    """One chart as it is taken in: `indent` is how deep its name is, `kept` the lines that are read."""

    def __init__(self, indent: int) -> None:
        self.indent = indent
        self.kept = bytearray()
        self._item = -1
        self._key = -1
        self._dropping = False

    def take(self, line: bytes, indent: int) -> None:
        """Take a line, or leave it out."""
        starts = line.startswith(b"- ")
        if self._item < 0 and indent >= 0:
            if not starts or indent < self.indent:
                raise _OtherLayout
            self._item = indent
        if starts and indent == self._item:
            self._begin(line)
        elif 0 <= indent < self._key:
            raise _OtherLayout
        elif indent == self._key and not line.startswith(b"-"):
            if not _KEY.match(line):
                raise _OtherLayout
            self._dropping = _UNREAD.match(line) is not None
        if not self._dropping and not (starts and indent == self._item):
            self.kept += b" " * max(indent, 0) + line

    def _begin(self, line: bytes) -> None:
        """Begin a version, whose first key is on the line of its dash."""
        inside = line[1:].lstrip(b" ")
        self._key = self._item + len(line) - len(inside)
        self._dropping = _UNREAD.match(inside) is not None
        self.kept += b" " * self._item + (b"-\n" if self._dropping else line)
