"""Whatever happens between a reflector and its server, the sink ends up with what the server has."""

import asyncio
import base64
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes import reflector as reflectors
from argosy.gateways.kubernetes.errors import Forbidden, Gone, TooManyRequests, Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Deleted
from argosy.gateways.kubernetes.reflector import OldList, Pace, Reflector, Selection, is_older

CONFIG_MAPS = ApiResource(
    "", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset({"get", "list", "watch", "create"})
)
AT_ONCE = Pace(first=0.0, most=0.0)


class Mirror:
    """A sink that holds versions by name, and lets a test wait for a state."""

    def __init__(self):
        self.versions = {}
        self.lists = 0
        self.trouble = []
        self.is_fresh = False
        self.news = asyncio.Event()

    def replace(self, manifests, _resource_version):
        self.versions = dict(map(self._read, manifests))
        self.lists += 1
        self.news.set()

    def change(self, manifest):
        name, version = self._read(manifest)
        self.versions[name] = version
        self.news.set()

    def delete(self, manifest):
        self.versions.pop(self._read(manifest)[0], None)
        self.news.set()

    def fresh(self):
        self.is_fresh = True
        self.news.set()

    def stale(self, error):
        self.is_fresh = False
        self.trouble.append(type(error))
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(30):
            while not condition():
                self.news.clear()
                await self.news.wait()

    @staticmethod
    def _read(manifest):
        metadata = orjson.loads(manifest)["metadata"]
        return metadata["name"], metadata["resourceVersion"]


@asynccontextmanager
async def reflecting(cluster, *, pace=AT_ONCE, selection=Selection(namespace="test")):  # noqa: B008 - frozen
    sink = Mirror()
    reflector = Reflector(cluster, CONFIG_MAPS, sink, selection=selection, pace=pace)
    task = asyncio.create_task(reflector.run())
    try:
        yield sink
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def config_map(name, **data):
    return {"metadata": {"name": name, "namespace": "test"}, "data": data}


async def state(cluster):
    while True:
        with suppress(Unreachable):
            page = await cluster.list_page(CONFIG_MAPS, namespace="test")
            return dict(map(Mirror._read, page.items))


@pytest.fixture
def cluster():
    return MemoryCluster([CONFIG_MAPS])


async def test_what_is_there_and_what_comes_is_told(cluster):
    await cluster.create(CONFIG_MAPS, config_map("one"))
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.is_fresh)
        assert sink.versions == await state(cluster)
        await cluster.create(CONFIG_MAPS, config_map("two"))
        await cluster.delete(CONFIG_MAPS, "one", namespace="test")
        await sink.until(lambda: list(sink.versions) == ["two"])
        assert sink.lists == 1


async def test_half_a_list_is_never_told(cluster):
    for number in range(1200):
        await cluster.create(CONFIG_MAPS, config_map(f"n{number}"))
    list_page, pages = cluster.list_page, []

    async def failing(*arguments, **options):
        pages.append(options["after"])
        if len(pages) in (2, 5):
            raise Gone("the continue token is too old")
        return await list_page(*arguments, **options)

    cluster.list_page = failing
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.lists == 1)
        assert len(sink.versions) == 1200
    assert pages == ["", "1300:500", "", "1300:500", "1300:1000", "", "1300:500", "1300:1000"]


async def test_a_watch_that_ends_goes_on_where_it_was(cluster):
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.is_fresh)
        for number in range(5):
            cluster.drop_watches()
            await cluster.create(CONFIG_MAPS, config_map(f"n{number}"))
            await sink.until(lambda expected=number + 1: len(sink.versions) == expected)
        assert (sink.lists, sink.trouble) == (1, [])


async def test_a_version_that_is_gone_leads_to_a_new_list(cluster):
    await cluster.create(CONFIG_MAPS, config_map("old"))
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.is_fresh)
        cluster.fail_next("watch", Unreachable("away"))
        cluster.drop_watches()
        await sink.until(lambda: sink.trouble)
        await cluster.delete(CONFIG_MAPS, "old", namespace="test")
        await cluster.create(CONFIG_MAPS, config_map("new"))
        cluster.compact()
        cluster.drop_watches()
        await sink.until(lambda: list(sink.versions) == ["new"])
        await sink.until(lambda: sink.is_fresh)


@pytest.mark.parametrize("verb", ["list", "watch"])
@pytest.mark.parametrize("error", [Unreachable("x"), Forbidden("x"), TooManyRequests("x", after=0.0), Gone("x")])
async def test_what_fails_is_told_and_tried_again(cluster, verb, error):
    cluster.fail_next(verb, error, times=3)
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.is_fresh)
        assert sink.trouble == [type(error)] * 3


async def test_a_list_is_taken_afresh_now_and_then(cluster):
    await cluster.create(CONFIG_MAPS, config_map("one"))
    async with reflecting(cluster, pace=Pace(first=0.0, most=0.0, relist=0.01)) as sink:
        await sink.until(lambda: sink.lists == 3)
        assert sink.trouble == []


async def test_a_sink_may_take_its_time_with_a_list(cluster):
    await cluster.create(CONFIG_MAPS, config_map("one"))
    order = []

    class Slow(Mirror):
        async def replace(self, _manifests, _resource_version):
            await cluster.create(CONFIG_MAPS, config_map("two"))
            order.append("list")

        def change(self, manifest):
            order.append("change")
            super().change(manifest)

    sink = Slow()
    task = asyncio.create_task(Reflector(cluster, CONFIG_MAPS, sink, pace=AT_ONCE).run())
    await sink.until(lambda: sink.versions)
    assert order == ["list", "change"]
    task.cancel()


STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("put"), some.sampled_from("abcd")),
        some.tuples(some.just("delete"), some.sampled_from("abcd")),
        some.tuples(some.sampled_from(["drop", "compact", "fail list", "fail watch", "yield"]), some.just("")),
    ),
    max_size=25,
)


class Unfaithful:
    """A network between reflector and server that loses, repeats and mixes up watch events for a while."""

    def __init__(self, cluster, tricks):
        self._cluster = cluster
        self._tricks = iter(tricks)
        self.server = cluster.server
        self.list_page = cluster.list_page

    async def watch(self, resource, **options):
        held = []
        async for event in self._cluster.watch(resource, **options):
            trick = "pass" if isinstance(event, Bookmark) else next(self._tricks, "pass")
            match trick:
                case "lose":
                    continue
                case "hold":
                    held.append(event)
                    continue
                case "twice":
                    yield event
            yield event
            while held:
                yield held.pop()


async def act(cluster, step, name):
    match step:
        case "put":
            with suppress(Exception):
                await cluster.create(CONFIG_MAPS, config_map(name))
                return
            await cluster.patch(CONFIG_MAPS, name, {"data": {"n": str(len(cluster.writes))}}, namespace="test")
        case "delete":
            with suppress(Exception):
                await cluster.delete(CONFIG_MAPS, name, namespace="test")
        case "drop":
            cluster.drop_watches()
        case "compact":
            cluster.compact()
            cluster.drop_watches()
        case "yield":
            for _ in range(10):
                await asyncio.sleep(0)
        case _:
            cluster.fail_next(step.split()[1], Unreachable("away"))
            cluster.drop_watches()


@given(STEPS, some.lists(some.sampled_from(["pass", "twice", "hold", "lose"]), max_size=25))
@settings(deadline=None, max_examples=150)
async def test_the_end_is_the_servers_state_whatever_happened_on_the_way(steps, tricks):
    cluster = MemoryCluster([CONFIG_MAPS])
    async with reflecting(Unfaithful(cluster, tricks), pace=Pace(first=0.0, most=0.0, relist=0.02)) as sink:
        for step, name in steps:
            await act(cluster, step, name)
        await cluster.create(CONFIG_MAPS, config_map("last"))
        expected = await state(cluster)
        await sink.until(lambda: sink.versions == expected)


async def test_an_event_from_the_past_is_not_believed(cluster):
    created = await cluster.create(CONFIG_MAPS, config_map("one"))
    past = orjson.dumps({"metadata": {"name": "ghost", "resourceVersion": "1"}})
    for event in (Changed(past), Deleted(past), Bookmark("1"), Changed(b"[]")):

        async def watch(resource, *, resource_version, event=event, **_options):
            yield Bookmark(resource_version)
            yield event

        lying = Unfaithful(cluster, [])
        lying.watch = watch
        async with reflecting(lying) as sink:
            await sink.until(lambda mirror=sink: mirror.lists == 3)
            assert sink.versions == {"one": created["metadata"]["resourceVersion"]}


async def test_an_older_list_is_refused_until_it_is_clear_that_the_server_will_not_catch_up(cluster, monkeypatch):
    await cluster.create(CONFIG_MAPS, config_map("new"))
    list_page, restored = cluster.list_page, []

    async def older(resource, **options):
        page = await list_page(resource, **options)
        return replace(page, items=(), resource_version="50") if restored else page

    cluster.list_page = older
    async with reflecting(cluster) as sink:
        await sink.until(lambda: sink.is_fresh)
        restored.append("from a backup")
        cluster.fail_next("watch", Gone("too old"))
        cluster.drop_watches()
        await sink.until(lambda: sink.trouble.count(OldList) > 3)
        assert list(sink.versions) == ["new"]
        monkeypatch.setattr(reflectors, "_BEHIND_SECONDS", 0.0)
        await sink.until(lambda: sink.lists == 2)


async def test_an_error_that_is_final_ends_it(cluster):
    cluster.fail_next("list", Unreachable("away"))
    cluster.fail_next("list", Forbidden("not for you"))
    sink = Mirror()
    reflector = Reflector(cluster, CONFIG_MAPS, sink, pace=AT_ONCE, final=(Forbidden,))
    with pytest.raises(Forbidden):
        await asyncio.wait_for(reflector.run(), 30)
    assert sink.trouble == [Unreachable, Forbidden]


def test_versions_are_compared_as_numbers_where_they_are_numbers():
    assert is_older("9", "10")
    assert not is_older("10", "10")
    assert not is_older("11", "10")
    assert not is_older("a", "10")
    assert not is_older("9", "")


class Wire:
    """A TCP relay to the real API server that can be cut and mended."""

    def __init__(self, host, port):
        self._target = (host, port)
        self._server = None
        self._open = set()
        self.port = 0

    async def mend(self):
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self):
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _relay(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        self._open -= {writer, far_writer}

    async def _copy(self, reader, writer):
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()


async def test_an_api_server_that_goes_away_and_comes_back_is_followed_again(control_plane, namespace):
    host, _, port = control_plane.main.server.removeprefix("https://").partition(":")
    wire = Wire(host, int(port))
    await wire.mend()
    direct = connect.from_kubeconfig(control_plane.kubeconfig)
    config = {
        "bearerToken": control_plane.main.token,
        "tlsClientConfig": {"caData": _encoded(control_plane.main.certificate_authority)},
    }
    relayed = connect.from_settings(f"https://127.0.0.1:{wire.port}", config)
    manifest = {"metadata": {"name": "one", "namespace": namespace}, "data": {"a": "1"}}
    pace = Pace(first=0.05, most=0.2)
    async with reflecting(relayed, pace=pace, selection=Selection(namespace=namespace)) as sink:
        await sink.until(lambda: sink.is_fresh)
        await direct.create(CONFIG_MAPS, manifest)
        await sink.until(lambda: "one" in sink.versions)
        await wire.cut()
        await sink.until(lambda: len(sink.trouble) > 1)
        assert not sink.is_fresh
        assert set(sink.trouble) == {Unreachable}
        await direct.delete(CONFIG_MAPS, "one", namespace=namespace)
        await direct.create(CONFIG_MAPS, {**manifest, "metadata": {**manifest["metadata"], "name": "two"}})
        assert "one" in sink.versions
        await wire.mend()
        await sink.until(lambda: "two" in sink.versions and "one" not in sink.versions and sink.is_fresh)
        assert sink.lists == 1
    await relayed.close()
    await direct.close()
    await wire.cut()


def _encoded(text):
    return base64.b64encode(text.encode()).decode()
