"""A store in memory, for trees that git would not make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repo_server.errors import Refused
from repo_server.tree import Node, Tree

Content = Mapping[str, "bytes | Content"]


@dataclass
class Made:
    """Folders and files by an identity each."""

    folders: dict[str, Mapping[str, Node]]
    files: dict[str, bytes]

    async def directory(self, identity: str) -> Mapping[str, Node]:
        return self.folders[identity]

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        found = [self.files[identity] for identity in identities]
        if sum(map(len, found)) > limit:
            raise Refused("limit_exceeded", f"the limit is {limit:,} bytes")
        return found

    def add(self, content: "bytes | Content") -> Node:
        """Add a file or folder and return its node."""
        identity = str(len(self.folders) + len(self.files))
        if isinstance(content, bytes):
            self.files[identity] = content
            return Node(kind="file", identity=identity)
        self.folders[identity] = {}
        self.folders[identity] = {name: self.add(below) for name, below in content.items()}
        return Node(kind="directory", identity=identity)


def tree_of(content: Content) -> Tree:
    """Return a tree with this content."""
    made = Made({}, {})
    return Tree(store=made, root=made.add(content).identity, name="a made tree")


def of_files(files: Mapping[str, str]) -> Tree:
    """Return a tree with these files by their paths."""
    content: dict[str, Any] = {}
    for path, text in files.items():
        *folders, name = path.split("/")
        place = content
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = text.encode()
    return tree_of(content)
