"""A packed chart (.tgz) or a layer of an artifact -> its files in memory. Nothing is unpacked to the disk.

Links, devices and names that lead out refuse the whole archive: a chart has no use for them. Pure. Called by
`archives`, in a thread.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from repo_server.charts import tar
from repo_server.charts.tar import BadArchive, TooManyMembers
from repo_server.errors import Refused
from repo_server.tree import Node, resolve

Packing = Literal["chart", "layer", "plain layer"]
"""How files are packed: all below one folder that is left out (a chart), or as they are; "plain" is not compressed."""

_MOST_MEMBERS = 20_000
_LONGEST_NAME = 1024
_DEEPEST = 64


@dataclass(frozen=True, kw_only=True)
class Unpacking:
    """How an archive is unpacked, to at most `limit` bytes; `name` is for messages."""

    packing: Packing
    name: str
    limit: int


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """The files of an archive by the hash of their content, and its folders by a hash of what is in them.

    Two versions of a chart agree on the identity of each folder in which they do not differ.
    """

    root: str
    directories: Mapping[str, Mapping[str, Node]]
    files: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """The bytes of the files."""
        return sum(map(len, self.files.values()))


def unpack(content: bytes, how: Unpacking) -> Unpacked:
    """Return the files of an archive. Raises `Refused` for one that is not sound, or too large."""
    name, limit = how.name, how.limit
    try:
        inflated = content if how.packing == "plain layer" else _inflate(content, limit=limit + 1)
        if len(inflated) > limit:
            raise Refused("limit_exceeded", f"{name} unpacks to more than the limit of {limit:,} bytes")
        return _hashed(_members(inflated, how.packing))
    except TooManyMembers as error:
        raise Refused("limit_exceeded", f"{name} holds more than {_MOST_MEMBERS:,} files") from error
    except (BadArchive, OSError, EOFError, zlib.error) as error:
        raise Refused("render_failed", f"{name} cannot be unpacked: {error or 'it is cut off'}") from error


def _inflate(content: bytes, *, limit: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        return stream.read(limit)


def _members(inflated: bytes, packing: Packing) -> Iterator[tuple[list[str], bytes]]:
    for name, content in tar.files(inflated, most=_MOST_MEMBERS):
        path = _path(name, packing)
        if not path:
            raise BadArchive(f"it holds {name[:100]!r}, which is not a plain file inside of it")
        yield path, content


def _path(name: str, packing: Packing) -> list[str]:
    """Return the components of the path that a member is to have; none if there is no such path."""
    if len(name) > _LONGEST_NAME or not name.isprintable() or "\\" in name or ":" in name or ".." in name.split("/"):
        return []
    whole = resolve("", name)
    path = whole.split("/") if whole else []
    path = path[1:] if packing == "chart" else path
    return path if len(path) <= _DEEPEST else []


class _Folder(dict[str, "_Folder | str"]):
    """A folder as it is filled: names, with the identity of a file or a folder of its own."""


def _hashed(members: Iterator[tuple[list[str], bytes]]) -> Unpacked:
    root = _Folder()
    files: dict[str, bytes] = {}
    for path, content in members:
        folder = root
        for component in path[:-1]:
            below = folder.setdefault(component, _Folder())
            if not isinstance(below, _Folder):
                raise BadArchive(f"{'/'.join(path)!r} is below a file")
            folder = below
        if path[-1] in folder:
            raise BadArchive(f"it holds {'/'.join(path)!r} twice")
        identity = hashlib.sha256(content).hexdigest()
        folder[path[-1]] = identity
        files[identity] = content
    if not files:
        raise BadArchive("it holds no files")
    directories: dict[str, Mapping[str, Node]] = {}
    return Unpacked(root=_name(root, directories), directories=directories, files=files)


def _name(folder: _Folder, directories: dict[str, Mapping[str, Node]]) -> str:
    """Return the identity of a folder, having entered it and those below it."""
    entries: dict[str, Node] = {}
    digest = hashlib.sha256()
    for name, inside in sorted(folder.items()):
        if isinstance(inside, _Folder):
            entries[name] = Node(kind="directory", identity=_name(inside, directories))
        else:
            entries[name] = Node(kind="file", identity=inside)
        digest.update(f"{entries[name].kind} {entries[name].identity} {name}\0".encode())
    identity = digest.hexdigest()
    directories[identity] = entries
    return identity
