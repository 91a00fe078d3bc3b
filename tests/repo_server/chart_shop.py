"""Packed charts and the index of a chart repository, as files."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.repo_server.kitchen import CHART


def pack(files: Mapping[str, str], *, name: str = "web", members: Sequence[tarfile.TarInfo] = ()) -> bytes:
    """Return a .tgz of these files under a folder, and of the odd members after them."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return gzip.compress(packed.getvalue(), mtime=0)


def version(number: str, **files: str) -> bytes:
    """Return the packed chart `web` at a version."""
    return pack({**CHART, "Chart.yaml": f"apiVersion: v2\nname: web\nversion: {number}\n", **files})


def publish(folder: Path, versions: Mapping[str, bytes], *, digests: bool = True) -> None:
    """Write an index of the chart `web` at these versions, and the archives."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["apiVersion: v1", "entries:", "  web:"]
    for number, content in versions.items():
        (folder / f"web-{number}.tgz").write_bytes(content)
        lines += [
            f"  - version: {number}",
            "    description: A web server",
            "    home: https://example.org",
            f"    urls: [web-{number}.tgz]",
        ]
        if digests:
            lines.append(f"    digest: {hashlib.sha256(content).hexdigest()}")
    (folder / "index.yaml").write_text("\n".join(lines) + "\n")
