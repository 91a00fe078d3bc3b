"""The index of a folder of packed charts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from argosy.gateways.tools.port import ChartMetadata
from repo_server.local.index import Archive, Index, index

FIRST, THEN = "2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z"


def archive(version: str = "1.0.0", *, name: str = "web", digest: str = "") -> Archive:
    file = f"{name}-{version}.tgz"
    return Archive(metadata=ChartMetadata(name=name, version=version), digest=digest or file, url=file)


def made(*archives: Archive, now: str = FIRST, before: Index | None = None, merge: Index | None = None) -> Any:
    return index(archives, before=before or {}, merge=merge or {}, now=now)


def versions(found: Index, name: str = "web") -> list[tuple[str, str]]:
    return [(entry["version"], entry["digest"]) for entry in found["entries"][name]]


def test_an_archive_is_listed_with_all_that_its_chart_says():
    metadata = ChartMetadata(name="web", version="1.0.0", app_version="7", api_version="v2", keywords=("a",))
    found = made(Archive(metadata=metadata, digest="0a", url="https://example.org/web-1.0.0.tgz"))
    assert found == {
        "apiVersion": "v1",
        "entries": {
            "web": [
                {
                    "apiVersion": "v2",
                    "appVersion": "7",
                    "created": FIRST,
                    "digest": "0a",
                    "keywords": ["a"],
                    "name": "web",
                    "urls": ["https://example.org/web-1.0.0.tgz"],
                    "version": "1.0.0",
                }
            ]
        },
        "generated": FIRST,
    }


def test_versions_are_newest_first_and_charts_by_name():
    found = made(archive("1.9.0"), archive("1.10.0-rc.1"), archive("1.10.0"), archive(name="api"))
    assert list(found["entries"]) == ["api", "web"]
    assert [version for version, _ in versions(found)] == ["1.10.0", "1.10.0-rc.1", "1.9.0"]


def test_what_has_not_changed_keeps_its_date():
    before = made(archive("1.0.0"))
    found = made(archive("1.0.0"), archive("2.0.0"), now=THEN, before=before)
    assert [entry["created"] for entry in found["entries"]["web"]] == [THEN, FIRST]
    assert found["generated"] == THEN
    again = made(archive("1.0.0", digest="other"), now=THEN, before=before)
    assert again["entries"]["web"][0]["created"] == THEN


def test_an_index_of_the_same_archives_is_the_same():
    before = made(archive("1.0.0"), archive("2.0.0"))
    assert made(archive("2.0.0"), archive("1.0.0"), now=THEN, before=before) == before


def test_what_is_gone_is_listed_no_more_unless_it_is_merged():
    before = made(archive("1.0.0"), archive("2.0.0", name="gone"))
    assert list(made(archive("1.0.0"), before=before)["entries"]) == ["web"]
    assert made(archive("1.0.0"), now=THEN, merge=before)["entries"] == before["entries"]


def test_an_archive_wins_over_what_is_merged():
    merge = made(archive("1.0.0", digest="old"), archive("0.9.0"))
    assert versions(made(archive("1.0.0", digest="new"), merge=merge)) == [("1.0.0", "new"), ("0.9.0", "web-0.9.0.tgz")]


def test_nothing_makes_an_empty_index():
    assert made() == {"apiVersion": "v1", "entries": {}, "generated": FIRST}


ARCHIVES = st.lists(
    st.builds(
        archive, st.sampled_from(["1.0.0", "1.0.1", "2.0.0-a"]), name=st.sampled_from(["a", "b"]), digest=st.text("ab")
    ),
    unique_by=lambda each: (each.metadata.name, each.metadata.version),
)


@given(ARCHIVES, ARCHIVES)
def test_merging_keeps_every_version_once(left: list[Archive], right: list[Archive]):
    found = made(*left, merge=made(*right))
    listed = [(name, entry["version"]) for name, entries in found["entries"].items() for entry in entries]
    assert sorted(listed) == sorted({(each.metadata.name, each.metadata.version) for each in (*left, *right)})
    assert made(*left, now=THEN, before=found, merge=found) == found
