"""Git's protocol version 2, as far as a listing needs it: ask a remote for the refs under some prefixes.

A transport helper of git (`git remote-https`) speaks to the remote, with its credentials, proxies and certificates;
this is what is said through it. `git ls-remote` cannot be told prefixes, and would be sent every pull request's ref, at
every look. Comes in: pipes to the helper. Goes out: the listing as `git ls-remote --symref` prints it, for `git.refs`.
"""

from collections.abc import Iterator, Sequence
from typing import IO

from repo_server.git.process import Pipes, Talk, too_large

OLD_PROTOCOL = b"fallback\n"
"""What the talk returns where the remote does not speak version 2."""

COMPLAINT = b"ERR "
"""How the talk's answer begins where the remote has words of complaint instead of refs."""

_FLUSH = b"0000"
_DELIMITER = b"0001"
_ENDS = (b"0000", b"0002")
_VERSION = b"version 2\n"
_FORMAT = b"object-format="


def ls_refs(prefixes: Sequence[str], *, limit: int) -> Talk:
    """Return a talk that asks for the refs that begin with one of these; `limit` is in bytes, beyond it `Refused`."""

    def talk(pipes: Pipes) -> bytes:
        pipes.to.write(b"stateless-connect git-upload-pack\n")
        pipes.to.flush()
        if (reply := pipes.back.readline()) != b"\n":
            pipes.to.write(b"\n")
            return reply
        advertised = list(_packets(pipes.back))
        if advertised[:1] != [_VERSION]:
            return b"".join(advertised[:1])
        pipes.to.write(_request(prefixes, advertised))
        pipes.to.flush()
        listing = bytearray()
        for packet in _packets(pipes.back):
            listing += _lines(packet)
            if len(listing) > limit:
                raise too_large(limit)
        return bytes(listing)

    return talk


def _request(prefixes: Sequence[str], advertised: Sequence[bytes]) -> bytes:
    capabilities = [capability for capability in advertised if capability.startswith(_FORMAT)]
    head = [b"command=ls-refs\n", b"agent=git/argosy\n", *capabilities]
    wanted = [b"peel\n", b"symrefs\n", *(f"ref-prefix {prefix}\n".encode() for prefix in prefixes)]
    return b"".join([*map(_packet, head), _DELIMITER, *map(_packet, wanted), _FLUSH])


def _packet(content: bytes) -> bytes:
    return b"%04x" % (len(content) + 4) + content


def _packets(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield packets until the answer ends. A stream that ends early, or is no packets, ends it too."""
    while (length := stream.read(4)) not in (b"", *_ENDS):
        try:
            size = int(length, 16) - 4
        except ValueError:
            return
        if size > 0:
            yield stream.read(size)


def _lines(packet: bytes) -> bytes:
    """Write "id name symref-target:x peeled:id" as the lines that `git ls-remote --symref` prints."""
    if packet.startswith(COMPLAINT):
        return packet
    identity, _, rest = packet.rstrip(b"\n").partition(b" ")
    name, *attributes = rest.split(b" ")
    lines = [b"%s\t%s\n" % (identity, name)]
    for attribute in attributes:
        kind, _, value = attribute.partition(b":")
        if kind == b"symref-target":
            lines.insert(0, b"ref: %s\t%s\n" % (value, name))
        elif kind == b"peeled":
            lines.append(b"%s\t%s^{}\n" % (value, name))
    return b"".join(lines)
