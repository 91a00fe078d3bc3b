"""What Argosy did, counted where it arrives: requests at the API server, commits in the SQL memory."""

import re
import struct
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import httpx2

_REQUESTS = re.compile(r"^apiserver_request_total\{(?P<labels>[^}]*)\} (?P<count>\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_COMMITS_AT = 8


def requests(cluster: httpx2.Client) -> Counter[str]:
    """Return how many requests the API server has answered, by verb and resource: "APPLY configmaps".

    Of everybody, so look at what is added while nobody else works. Left out are leases (every component renews its
    own), the checks of its health, and watches, which are counted when they end.
    """
    seen: Counter[str] = Counter()
    for found in _REQUESTS.finditer(cluster.get("/metrics").raise_for_status().text):
        labels = dict(_LABEL.findall(found["labels"]))
        if labels["resource"] not in ("", "leases") and labels["verb"] != "WATCH":
            resource = "/".join(filter(None, (labels["resource"], labels["subresource"])))
            rehearsed = " (dry run)" if labels["dry_run"] else ""
            seen[f"{labels['verb']} {resource}{rehearsed}"] += int(float(found["count"]))
    return seen


def in_words(requests: Mapping[str, int]) -> str:
    """Return the requests as text, most frequent first."""
    ordered = sorted(requests.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered)


def commits(database: Path) -> int:
    """Return how many transactions have written to a SQLite database in WAL mode since it was opened.

    This is `iChange` of the index of the write-ahead log (see "WAL-Index Format" in SQLite's documentation).
    """
    with database.with_name(f"{database.name}-shm").open("rb") as index:
        return struct.unpack_from("=I", index.read(_COMMITS_AT + 4), _COMMITS_AT)[0]
