#!/usr/bin/env python3
"""Package the charts of `examples/chart-source/` into the Helm repository `examples/chart-repository/`.

    python tools/chart_repository.py [--check]

The archives are the same byte for byte from the same source. With `--check` nothing is written and a difference is an
error.
"""

import argparse
import gzip
import hashlib
import io
import sys
import tarfile
from pathlib import Path

import yaml

EXAMPLES = Path(__file__).parent.parent / "examples"
SOURCE = EXAMPLES / "chart-source"
TARGET = EXAMPLES / "chart-repository"
_CREATED = "2026-01-01T00:00:00Z"


def archive(chart: Path) -> bytes:
    """Return the chart as a tgz whose bytes depend on its files only."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(path for path in chart.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(str(Path(chart.name) / path.relative_to(chart)))
            content = path.read_bytes()
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def repository() -> dict[str, bytes]:
    """Return the files of the repository: the archives, and the `index.yaml` that lists them."""
    files: dict[str, bytes] = {}
    entries: dict[str, list[dict[str, object]]] = {}
    for path in sorted(SOURCE.glob("*/Chart.yaml")):
        chart = yaml.safe_load(path.read_text())
        name = f"{chart['name']}-{chart['version']}.tgz"
        files[name] = archive(path.parent)
        digest = hashlib.sha256(files[name]).hexdigest()
        entries.setdefault(chart["name"], []).append({**chart, "created": _CREATED, "digest": digest, "urls": [name]})
    index = {"apiVersion": "v1", "entries": entries, "generated": _CREATED}
    return {**files, "index.yaml": yaml.safe_dump(index, sort_keys=True).encode()}


def main() -> int:
    """Write or check the repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if something differs")
    check = parser.parse_args().check
    stale = [name for name, content in repository().items() if not _is(TARGET / name, content)]
    if check and stale:
        sys.stderr.write(f"{TARGET}: {', '.join(stale)} do not match {SOURCE}; run python {sys.argv[0]}\n")
        return 1
    for name, content in repository().items():
        TARGET.mkdir(exist_ok=True)
        (TARGET / name).write_bytes(content)
    return 0


def _is(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


if __name__ == "__main__":
    sys.exit(main())
