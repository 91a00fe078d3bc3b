"""Archives and indexes that were made to hurt, through the whole repo server.

B-24, B-25, S-090 to S-092, S-131, S-132.
"""

import gc
import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from argosy.engine.model.source import Source
from repo_server.charts import archive
from repo_server.charts.archive import Unpacking
from repo_server.errors import Refused
from tests.corpus.charts import archives, indexes
from tests.repo_server.chart_shop import pack, publish, version
from tests.repo_server.kitchen import CHART, Kitchen
from tests.repo_server.scripted import Answer, Scripted, serving


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a folder for temporary files that nobody else uses; its name is short, since sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="argosy-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    publish(tmp_path / "charts", {"1.0.0": version("1.0.0")})
    return tmp_path / "charts"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with serving() as server:
        yield server


def source(kitchen: Kitchen, revision: str = "*") -> Source:
    return Source(repo_url=f"{kitchen.forge.url}/charts", chart="web", target_revision=revision)


def taken(folder: Path) -> tuple[int, list[str], list[str]]:
    """Return what is held of the machine: descriptors, temporary files, archives in the store."""
    temporary = sorted(path.name for path in Path(tempfile.gettempdir()).iterdir())
    kept = sorted(path.name for path in (folder / "archives").iterdir() if path.suffix == ".tgz")
    return len(list(Path("/proc/self/fd").iterdir())), temporary, kept


@pytest.mark.parametrize("name", archives.HOSTILE)
async def test_b_24_a_hostile_archive_is_refused_whole(kitchen: Kitchen, tmp_path: Path, name: str):
    hostile = archives.HOSTILE[name]
    publish(tmp_path / "charts", {"1.0.0": hostile.make()})
    before = None
    for _ in range(3):
        with pytest.raises(Refused, match=hostile.says) as refused:
            await kitchen.render(source(kitchen))
        assert refused.value.code == hostile.code
        assert "chart web 1.0.0 of" in refused.value.message
        assert len(refused.value.message) < 1000
        before = before or taken(tmp_path)
    assert taken(tmp_path) == before
    assert before[2] == []


async def test_b_24_a_good_archive_is_not_refused(kitchen: Kitchen, tmp_path: Path):
    odd = archives.member("web/templates/setuid.yaml", mode=0o6777)
    content = archives.packed(odd, archives.member("web/templates/", type=b"5"))
    publish(tmp_path / "charts", {"1.0.0": archives.gzip.compress(content)})
    manifests = await kitchen.manifests(source(kitchen))
    assert [manifest["metadata"]["name"] for manifest in manifests] == ["good"]


def test_s_092_names_longer_than_a_header_are_read():
    path = "/".join(["d" * 60] * 8) + "/x.yaml"
    for form in (archives.tarfile.GNU_FORMAT, archives.tarfile.PAX_FORMAT, archives.tarfile.USTAR_FORMAT):
        plain = archives.io.BytesIO()
        with archives.tarfile.open(fileobj=plain, mode="w", format=form) as packed:
            name = path if form != archives.tarfile.USTAR_FORMAT else path[:150] + "/x.yaml"
            packed.addfile(archives.tarfile.TarInfo(name))
        how = Unpacking(packing="plain layer", name="it", limit=1_000_000)
        unpacked = archive.unpack(plain.getvalue(), how)
        found, identity = [], unpacked.root
        while identity in unpacked.directories:
            ((component, node),) = unpacked.directories[identity].items()
            found.append(component)
            identity = node.identity
        assert "/".join(found) == name


@pytest.mark.parametrize("members", [20_001, 200_000])
def test_s_131_a_million_empty_files_stop_at_the_cap(members: int):
    content = b"".join(archives.header(b"web/%d" % number) for number in range(members))
    how = Unpacking(packing="plain layer", name="it", limit=1_000_000_000)
    with pytest.raises(Refused, match="holds more than 20,000 files"):
        archive.unpack(content, how)


@pytest.mark.parametrize("name", ["..", ".", "a/../../b", "../x", "/x", ""])
async def test_s_091_the_name_of_a_chart_is_no_path(kitchen: Kitchen, tmp_path: Path, name: str):
    content = pack({**CHART, "Chart.yaml": f'apiVersion: v2\nname: "{name}"\nversion: 1.0.0\n'})
    publish(tmp_path / "charts", {"1.0.0": content})
    with pytest.raises(Refused) as refused:
        await kitchen.render(source(kitchen))
    assert refused.value.code == "render_failed"


@pytest.mark.parametrize("name", indexes.ODD)
async def test_b_25_an_odd_index_is_read_as_far_as_it_goes_or_refused(kitchen: Kitchen, shop: Path, name: str):
    odd = indexes.ODD[name]
    (shop / "index.yaml").write_text(odd.make())
    if odd.means:
        assert await kitchen.resolve(source(kitchen)) == odd.means
        assert len(await kitchen.manifests(source(kitchen))) > 0
        return
    with pytest.raises(Refused, match=odd.says) as refused:
        await kitchen.resolve(source(kitchen))
    assert refused.value.code in {"render_failed", "limit_exceeded", "path_not_found"}
    assert len(refused.value.message) < 1000


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("file:///etc/passwd", "is none of http, https and oci"),
        ("ftp://127.0.0.1/web.tgz", "is none of http, https and oci"),
        ("http://", "does not exist"),
        ("http://127.0.0.1:notaport/x", "not a URL"),
        ("http://user:CANARY@127.0.0.1:9/x", "could not be reached"),
        ("../../../../etc/passwd", "does not exist"),
        ("oci://127.0.0.1:9/web", "must end in the version"),
    ],
)
async def test_b_25_urls_of_an_index_lead_only_where_charts_can_be(kitchen: Kitchen, shop: Path, url: str, says: str):
    (shop / "index.yaml").write_text(f"entries: {{web: [{{version: 1.0.0, urls: ['{url}']}}]}}")
    with pytest.raises(Refused, match=says) as refused:
        await kitchen.render(source(kitchen))
    assert "CANARY" not in refused.value.message


async def test_s_132_an_endless_index_stops_at_the_cap(kitchen: Kitchen, scripted: Scripted):
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"# nothing but a comment\n" * 4096

    scripted.answers["/index.yaml"] = lambda _: Answer(endless())
    with pytest.raises(Refused, match=r"larger than the limit of 2,000,000 bytes") as refused:
        await kitchen.resolve(Source(repo_url=scripted.url, chart="web", target_revision="*"))
    assert refused.value.code == "limit_exceeded"
    assert len(sent) < 1000


async def test_s_132_an_index_that_is_compressed_is_measured_unpacked(kitchen: Kitchen, scripted: Scripted):
    content = archives.gzip.compress(b"# nothing\n" * 1_000_000)
    scripted.answers["/index.yaml"] = Answer(content, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Refused, match=r"larger than the limit of 2,000,000 bytes"):
        await kitchen.resolve(Source(repo_url=scripted.url, chart="web", target_revision="*"))


async def test_s_131_memory_is_as_before(kitchen: Kitchen, tmp_path: Path):
    async def hurt(number: int) -> None:
        bomb = archives.packed(files={**archives.GOOD, f"web/{number}": "0" * 6_000_000})
        link = archives.HOSTILE["symbolic link"].make()
        for content, says in ((archives.gzip.compress(bomb, 1), "more than the limit"), (link, "symbolic link")):
            publish(tmp_path / "charts", {f"1.0.{number}": content})
            kitchen.clock.advance(timedelta(seconds=121))
            with pytest.raises(Refused, match=says):
                await kitchen.render(source(kitchen))

    tracemalloc.start()
    try:
        held: list[int] = []
        for number in range(12):
            await hurt(number)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[-1] - held[3] < 500_000
