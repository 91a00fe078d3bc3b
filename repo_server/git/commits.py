"""The text of a commit or tag, taken apart: headers, message, trailers, and which signatures are on it.

Comes in: an object's bytes from `git.objects`. Goes out: values for `git.metadata` and `git.signatures`. Nothing in
here is trusted; text that is not as it should be reads as empty.
"""

import codecs
import re
from dataclasses import dataclass

_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*) *: *(?P<value>.*)")
_SIGNATURE = re.compile(rb"^ ?-----BEGIN (?P<kind>PGP|SSH|SIGNED) (?:SIGNATURE|MESSAGE)-----", re.MULTILINE)
_LONGEST_MESSAGE = 64 * 1024
_ENCODING = re.compile(r"iso8859-\d+|cp125\d|koi8-[rtu]|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5|iso2022_jp")
_LONGEST_AUTHOR = 4096


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit: `author` as it stands ("Name <address> seconds zone"), its message, at most 64 KiB of it.

    `trailers` are the lines "Key: value" of its last paragraph, in order, keys in lower case; `signatures` the kind of
    each signature on it: PGP, SSH or SIGNED (X.509).
    """

    parents: tuple[str, ...]
    author: str
    message: str
    trailers: tuple[tuple[str, str], ...]
    signatures: tuple[str, ...]

    def trailer(self, key: str) -> str | None:
        """Return the last value of a trailer; None if it is not there."""
        return next((value for name, value in reversed(self.trailers) if name == key.lower()), None)


@dataclass(frozen=True, kw_only=True)
class Tag:
    """An annotated tag: the id of what it is of, that object's type, the name it says it has, its signatures."""

    object: str
    type: str
    name: str
    signatures: tuple[str, ...]


def commit(text: bytes) -> Commit:
    """Take a commit apart."""
    headers, body = _split(text)
    message = body[: _LONGEST_MESSAGE * 4].decode(_encoding(headers), "replace")
    signed = b"\n".join(value for name, value in headers if name in (b"gpgsig", b"gpgsig-sha256"))
    return Commit(
        parents=tuple(_parents(headers)),
        author=_first(headers, b"author")[:_LONGEST_AUTHOR].decode(_encoding(headers), "replace"),
        message=_cut(message).rstrip("\n"),
        trailers=_trailers(body, _encoding(headers)),
        signatures=_signatures(signed),
    )


def tag(text: bytes) -> Tag:
    """Take an annotated tag apart."""
    headers, body = _split(text)
    signed = b"\n".join(value for name, value in headers if name in (b"gpgsig", b"gpgsig-sha256"))
    return Tag(
        object=_first(headers, b"object").decode("ascii", "replace"),
        type=_first(headers, b"type").decode("ascii", "replace"),
        name=_first(headers, b"tag").decode("utf-8", "surrogateescape"),
        signatures=_signatures(signed) + _signatures(body),
    )


def _split(text: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return the headers, with their continuation lines, and what follows the first empty line."""
    head, _, body = text.partition(b"\n\n")
    headers: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if not name and headers:
            headers[-1] = headers[-1][0], headers[-1][1] + b"\n" + value
        else:
            headers.append((name, value))
    return headers, body


def _first(headers: list[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    return next((value for name, value in headers if name == wanted), b"")


def _parents(headers: list[tuple[bytes, bytes]]) -> list[str]:
    """Return the parents where git reads them: right after the tree, and nowhere else."""
    found: list[str] = []
    for name, value in headers[1:]:
        if name != b"parent":
            break
        found.append(value.decode("ascii", "replace"))
    return found


def _encoding(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the encoding that the commit names, if it is one that people write in; UTF-8 otherwise."""
    try:
        name = codecs.lookup(_first(headers, b"encoding").decode("ascii", "replace")).name
    except (LookupError, ValueError):
        return "utf-8"
    # Python knows more: compression, escapes, and some that take time beyond all measure.
    return name if _ENCODING.fullmatch(name) else "utf-8"


def _cut(message: str) -> str:
    return message.encode("utf-8", "replace")[:_LONGEST_MESSAGE].decode("utf-8", "ignore")


def _trailers(body: bytes, encoding: str) -> tuple[tuple[str, str], ...]:
    """Return the trailers: in the last paragraph, which must not be the first, as that is the subject."""
    end = body[-_LONGEST_MESSAGE:].decode(encoding, "replace").rstrip()
    before, _, last = end.rpartition("\n\n")
    if not before.strip():
        return ()
    matches = (_TRAILER.fullmatch(line) for line in last.splitlines())
    return tuple((match["key"].lower(), match["value"].strip()) for match in matches if match is not None)


def _signatures(text: bytes) -> tuple[str, ...]:
    return tuple(match["kind"].decode("ascii") for match in _SIGNATURE.finditer(text))
