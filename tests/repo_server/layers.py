"""Layers of artifacts, as files."""

import gzip
import io
import tarfile
from collections.abc import Mapping


def plain_layer(files: Mapping[str, str]) -> bytes:
    """Return a tar of files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return packed.getvalue()


def layer(files: Mapping[str, str]) -> bytes:
    """Return a compressed tar of files."""
    return gzip.compress(plain_layer(files), mtime=0)
