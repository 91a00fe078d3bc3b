"""Bodies of lists and watches, however they arrive and whatever is in them."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from argosy.gateways.kubernetes import stream
from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Deleted

PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=frozenset())


async def chunks_of(*parts):
    for part in parts:
        yield part


async def lines_of(*parts, most_bytes=1000):
    return [line async for line in stream.split_lines(chunks_of(*parts), most_bytes=most_bytes)]


@given(some.lists(some.binary(max_size=8).map(lambda line: line.replace(b"\n", b"."))), some.data())
async def test_lines_are_the_same_however_they_are_cut(lines, data):
    text = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(some.lists(some.integers(0, len(text)), max_size=10)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert await lines_of(*parts) == [line for line in lines if line]


async def test_an_unfinished_line_is_no_line():
    assert await lines_of(b"one\ntw") == [b"one"]


async def test_an_endless_line_is_refused():
    with pytest.raises(Unreachable, match="more than 10 bytes"):
        await lines_of(b"12345", b"678901", most_bytes=10)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"type": "ADDED", "object": {"a": 1}}, Changed(b'{"a":1}')),
        ({"type": "MODIFIED", "object": {"a": 1}}, Changed(b'{"a":1}')),
        ({"type": "DELETED", "object": {"a": 1}}, Deleted(b'{"a":1}')),
        ({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "7"}}}, Bookmark("7")),
        ({"type": "NOVELTY", "object": {}}, None),
    ],
)
def test_events(event, expected):
    assert stream.read_event(orjson.dumps(event), PODS) == expected


def test_an_error_event_carries_its_status():
    with pytest.raises(stream.BrokenStream) as broken:
        stream.read_event(b'{"type":"ERROR","object":{"code":410}}', PODS)
    assert broken.value.status == b'{"code":410}'


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"type":"ADDED"}', b"\xff", b'{"type":"ADDED","object":', b"x"])
def test_what_is_no_event_is_a_broken_connection(line):
    with pytest.raises(Unreachable):
        stream.read_event(line, PODS)


def test_objects_of_a_list_get_their_type_and_keep_the_one_they_have():
    body = orjson.dumps(
        {
            "metadata": {"resourceVersion": "5", "continue": "more"},
            "items": [{"metadata": {"name": "a"}}, {"kind": "Pod", "spec": {}, "apiVersion": "v1"}],
        }
    )
    page = stream.read_page(body, PODS)
    assert (page.resource_version, page.next) == ("5", "more")
    assert orjson.loads(page.items[0]) == {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    assert page.items[1] == b'{"kind":"Pod","spec":{},"apiVersion":"v1"}'


def test_an_empty_list_may_say_null():
    assert stream.read_page(b'{"metadata":{"resourceVersion":"5"},"items":null}', PODS).items == ()


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"items":[1]}', b'{"items":{}}', b'{"items":[{"a":1}'])
def test_what_is_no_list_is_a_broken_connection(body):
    with pytest.raises(Unreachable, match="list of pods"):
        stream.read_page(body, PODS)
