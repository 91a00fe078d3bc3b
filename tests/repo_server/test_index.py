"""Large indexes are cut into pieces, which together say what the whole text says. Rule 2.26."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.gateways.tools.port import Tools
from repo_server.charts import index, sieve
from repo_server.errors import Refused

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=60)
_LONG = st.lists(st.sampled_from(["- a", "version: 9", "#", "  x:", "entries:", "'", '"', "|"]), max_size=30).map(
    " ".join
)
_VERSION = st.fixed_dictionaries(
    {"version": st.from_regex(r"[0-9]{1,2}\.[0-9]\.[0-9](-rc\.[0-9])?", fullmatch=True)},
    optional={
        "annotations": st.dictionaries(st.sampled_from(["a", "b/c"]), _TEXT, max_size=2),
        "apiVersion": st.just("v2"),
        "dependencies": st.lists(st.fixed_dictionaries({"name": _TEXT, "version": _TEXT}), max_size=2),
        "description": _TEXT | _LONG,
        "digest": st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
        "home": _TEXT,
        "keywords": st.lists(_TEXT, max_size=3),
        "maintainers": st.lists(st.fixed_dictionaries({"name": _TEXT}), max_size=2),
        "urls": st.lists(st.from_regex(r"[a-z]{1,9}\.tgz", fullmatch=True), max_size=2),
    },
)
_NAME = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)
_ENTRIES = st.dictionaries(_NAME, st.lists(_VERSION, min_size=1, max_size=4), min_size=1, max_size=5)
_READ = ("version", "description", "digest", "home", "maintainers", "urls")


class _Blocks(yaml.SafeDumper):
    """Writes as Helm does."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


class _Indented(_Blocks):
    """Writes lists deeper than the keys that they belong to, as some programs do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def _read(entries: dict[str, Any]) -> dict[str, Any]:
    return {
        chart: [{key: version[key] for key in _READ if key in version} for version in versions]
        for chart, versions in entries.items()
    }


@settings(deadline=None, max_examples=80)
@given(_ENTRIES, st.sampled_from([_Blocks, _Indented]), st.integers(10, 400), st.booleans(), st.sampled_from([0, 300]))
def test_the_pieces_say_what_the_whole_says(
    entries: dict[str, Any], dumper: type[yaml.SafeDumper], width: int, sort: bool, size: int
):
    document = {"apiVersion": "v1", "entries": entries, "generated": "2026-01-02T03:04:05Z"}
    text = yaml.dump(document, Dumper=dumper, width=width, sort_keys=sort, allow_unicode=True)
    pieces = sieve.pieces(text.encode(), size=size)
    if pieces is None:
        # Only quoted text over several lines may keep an index from being cut.
        assert any(line.count('"') % 2 or line.count("'") % 2 for line in text.splitlines())
        return
    read: dict[str, Any] = {}
    for piece in pieces:
        read |= yaml.safe_load(piece)["entries"]
    assert _read(read) == _read(entries)


def test_what_helm_writes_is_cut_and_what_nobody_reads_is_left_out():
    text = """apiVersion: v1
entries:
  # by hand
  db:
  - annotations:
      images: |
        - name: db

        entries:
    name: db
    version: 1.0.0
    urls:
    - db-1.0.0.tgz
  web:
  - created: "2026-01-02"
    description: >-
      two
      lines
    urls:
    - web-1.0.0.tgz
    version: 1.0.0
  - {version: 2.0.0, urls: [web-2.0.0.tgz]}
generated: "2026-01-02"
"""
    pieces = sieve.pieces(text.encode(), size=0)
    assert pieces is not None
    assert [b"annotations" in piece or b"created" in piece for piece in pieces] == [False, False]
    assert [yaml.safe_load(piece)["entries"] for piece in pieces] == [
        {"db": [{"version": "1.0.0", "urls": ["db-1.0.0.tgz"]}]},
        {
            "web": [
                {"description": "two lines", "urls": ["web-1.0.0.tgz"], "version": "1.0.0"},
                {"version": "2.0.0", "urls": ["web-2.0.0.tgz"]},
            ]
        },
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "entries: {web: []}\n",
        "entries:\n- web\n",
        "{entries: {}}\n",
        "---\nentries:\n  web:\n  - version: 1\n",
        "entries:\n  web:\n  - version: 1\nentries:\n  web: []\n",
        'entries:\n  web:\n  - description: "goes\non"\n    version: 1\n',
        'entries:\n  web:\n  - description: "goes\n    on"\n    version: 1\n',
        "entries:\n  web: &a\n  - version: 1\n   db: 1\n",
        "entries:\n  web:\n    version: 1\n",
        "entries:\n  web:\n  # what looks like a remark may be text\n  - version: 1\n",
        "entries:\n  web:\n  - version: 1\n    # here too\n    home: x\n",
        "entries:\n  web:\n  - version: 1\n# and here\n",
    ],
)
def test_what_is_laid_out_otherwise_is_not_cut(text: str):
    assert sieve.pieces(text.encode(), size=0) is None


@pytest.mark.parametrize("layout", ["blocks", "flow"])
async def test_a_large_index_is_read_the_same_in_any_layout(tools: Tools, layout: str):
    entries = {
        f"chart-{number}": [
            {
                "version": f"1.{minor}.0",
                "urls": [f"{number}-{minor}.tgz"],
                "keywords": ["x" * 100],
                "description": "same",
            }
            for minor in range(50)
        ]
        for number in range(60)
    }
    content = yaml.safe_dump({"entries": entries}, default_flow_style=layout == "flow").encode()
    read = await index.parse(content, tools=tools, name="it")
    assert {chart: [(each.version, each.urls) for each in versions] for chart, versions in read.items()} == {
        chart: [(each["version"], tuple(each["urls"])) for each in versions] for chart, versions in entries.items()
    }
    assert read.size < len(content) / 10


async def test_an_error_in_a_large_index_names_its_line(tools: Tools):
    text = (
        "entries:\n"
        + "".join(f"  chart-{n}:\n  - version: 1.0.0\n" for n in range(20_000))
        + "  bad:\n  - version: [\n"
    )
    with pytest.raises(Refused, match=r"it, line 4000\d"):
        await index.parse(text.encode(), tools=tools, name="it")
