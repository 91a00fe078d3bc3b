"""How a request and an answer look on the pipe to a tool worker: the Python side of Go's package `frames`. Pure.

A frame is a big-endian u32, the length of a JSON header, the header, and the bytes whose lengths it names: for a
request the path and content of each file of each group, for an answer its JSON body.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from argosy.gateways.tools.port import File

PROTOCOL = 2
LENGTH = 4
MAX_HEADER = 1024
"""Bytes; the header of an answer is two fields, so more means that the pipe is out of step."""

Outcome = Literal["hello", "answered", "failed", "limit"]

Groups = Mapping[str, Sequence[File]]


class AnswerHeader(msgspec.Struct, frozen=True):
    """How a request ended, and the length of the JSON that follows, in bytes."""

    outcome: Outcome
    body: int


class Sandbox(msgspec.Struct, frozen=True):
    """What a worker could shut itself in with: the version of Landlock's interface (0: none), and seccomp."""

    landlock: int
    seccomp: bool

    @property
    def complete(self) -> bool:
        """Both walls stand."""
        return self.landlock > 0 and self.seccomp


class Hello(msgspec.Struct, frozen=True):
    """The first thing that a worker says; `problem` is why its sandbox is not complete."""

    protocol: int
    sandbox: Sandbox
    problem: str


class FailedBody(msgspec.Struct, frozen=True):
    """The body of "failed"."""

    message: str
    file: str
    document: int
    line: int


class LimitBody(msgspec.Struct, frozen=True):
    """The body of "limit"."""

    name: Literal["output"]
    message: str


def encode_request(operation: str, options: Any, groups: Groups) -> tuple[bytes, ...]:
    """Return the parts of a request's frame, to be written one after another; file contents are not copied.

    A path that is not UTF-8 arrives as the bytes that it was decoded from with `surrogateescape`.
    """
    files = {name: [(_path(file), file.content) for file in group] for name, group in groups.items()}
    header = msgspec.json.encode(
        {
            "operation": operation,
            "options": options,
            "groups": [
                {"name": name, "files": [(len(path), len(content)) for path, content in group]}
                for name, group in files.items()
            ],
        }
    )
    contents = (part for group in files.values() for file in group for part in file)
    return (len(header).to_bytes(LENGTH, "big"), header, *contents)


def _path(file: File) -> bytes:
    return file.path.encode("utf-8", "surrogateescape")


def decode_length(raw: bytes) -> int:
    """Return the length of the header that follows, in bytes. Raises `ValueError` where that cannot be."""
    length = int.from_bytes(raw, "big")
    if not 0 < length <= MAX_HEADER:
        raise ValueError(f"an answer with a header of {length} bytes: the pipe is out of step")
    return length


def decode_header(raw: bytes) -> AnswerHeader:
    """Return an answer's header. Raises `ValueError` (msgspec's are such) where it is none."""
    return msgspec.json.decode(raw, type=AnswerHeader)
