"""The pipe's language, as Go's side of it is written."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.gateways.tools import frames
from argosy.gateways.tools.port import File

WORKER = Path(__file__).parents[3] / "tool_worker"

paths = st.binary(min_size=1).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
groups = st.dictionaries(st.text(), st.lists(st.builds(File, paths, st.binary())))


@given(groups=groups)
def test_a_request_is_its_length_its_header_and_its_files(groups: dict[str, list[File]]):
    raw = b"".join(frames.encode_request("yaml", {"a": 1}, groups))
    length = int.from_bytes(raw[:4], "big")
    header = msgspec.json.decode(raw[4 : 4 + length])
    rest = raw[4 + length :]
    assert header["operation"] == "yaml"
    assert header["options"] == {"a": 1}
    read: dict[str, list[File]] = {}
    for group in header["groups"]:
        read[group["name"]] = []
        for path, content in group["files"]:
            name, data, rest = rest[:path], rest[path : path + content], rest[path + content :]
            read[group["name"]].append(File(name.decode("utf-8", "surrogateescape"), data))
    assert read == groups
    assert rest == b""


@pytest.mark.parametrize("length", [b"\0\0\0\0", b"\0\0\4\1", b"\xff\xff\xff\xff", b"HTTP"])
def test_a_length_that_cannot_be_is_refused(length: bytes):
    with pytest.raises(ValueError, match="out of step"):
        frames.decode_length(length)


@pytest.mark.parametrize("header", [b"", b"{}", b'{"outcome":"other","body":1}', b'{"outcome":"failed","body":"x"}'])
def test_a_header_that_is_none_is_refused(header: bytes):
    with pytest.raises(ValueError):  # noqa: PT011  the words are msgspec's
        frames.decode_header(header)


def test_the_outcomes_are_those_that_the_worker_sends():
    sent = re.findall(r'send\(out, "([a-z]+)"', (WORKER / "main.go").read_text())
    assert set(sent) == set(get_args(frames.Outcome))


def test_the_limits_are_those_that_the_worker_names():
    source = "".join(path.read_text() for path in WORKER.rglob("*.go") if not path.name.endswith("_test.go"))
    named = set(re.findall(r'Limit\{Name: "([a-z]+)"', source))
    assert named == set(get_args(msgspec.structs.fields(frames.LimitBody)[0].type))


def test_the_versions_of_the_language_agree():
    (spoken,) = re.findall(r"^const protocol = (\d+)$", (WORKER / "main.go").read_text(), re.MULTILINE)
    assert int(spoken) == frames.PROTOCOL
