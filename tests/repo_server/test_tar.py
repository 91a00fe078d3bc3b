"""Whatever a tar program writes is read as it was written; whatever else comes is refused, and never anything worse."""

import contextlib
import gzip
import io
import tarfile
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.engine.model.repository import Repository
from repo_server.charts import archive, tar
from repo_server.charts.archive import Unpacking
from repo_server.charts.tar import BadArchive, TooManyMembers
from repo_server.errors import Refused
from repo_server.oci import challenge, manifest, place

_COMPONENT = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="/\\:"), min_size=1, max_size=80
)
_PATH = st.lists(_COMPONENT.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=5).map("/".join)
_FILES = st.dictionaries(_PATH, st.binary(max_size=1200), min_size=1, max_size=6)
_FORMATS = st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
_HOW = Unpacking(packing="plain layer", name="it", limit=1_000_000)


def packed(files: Mapping[str, bytes], form: int) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=form) as writer:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            writer.addfile(member, io.BytesIO(content))
    return plain.getvalue()


@settings(deadline=None, max_examples=50)
@given(_FILES, _FORMATS)
def test_what_was_written_is_read(files: dict[str, bytes], form: int):
    assert dict(tar.files(packed(files, form), most=100)) == files


@settings(deadline=None, max_examples=150)
@given(_FILES, _FORMATS, st.data())
def test_what_was_changed_is_read_or_refused_but_never_read_in_part(
    files: dict[str, bytes], form: int, data: st.DataObject
):
    content = bytearray(packed(files, form))
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(BadArchive):
        assert len(list(tar.files(bytes(content), most=100))) == len(files)


@settings(deadline=None, max_examples=150)
@given(_FILES, _FORMATS, st.data())
def test_what_was_cut_off_is_refused(files: dict[str, bytes], form: int, data: st.DataObject):
    whole = packed(files, form)
    content = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with contextlib.suppress(BadArchive):
        read = dict(tar.files(content, most=100))
        # Between two members, and nowhere else, a cut cannot be told from an end: gzip and the digest can.
        assert read.items() <= files.items()


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=3000))
def test_any_bytes_are_refused_and_nothing_worse(content: bytes):
    with contextlib.suppress(BadArchive, TooManyMembers):
        list(tar.files(content, most=100))
    for packing in ("chart", "layer", "plain layer"):
        for what in (content, gzip.compress(content, 1)):
            with contextlib.suppress(Refused):
                archive.unpack(what, Unpacking(packing=packing, name="it", limit=1_000_000))


@settings(deadline=None, max_examples=50)
@given(_FILES, _FORMATS)
def test_the_identity_of_a_folder_is_that_of_its_content(files: dict[str, bytes], form: int):
    with contextlib.suppress(Refused):
        one = archive.unpack(packed(files, form), _HOW)
        again = archive.unpack(packed(dict(reversed(files.items())), form), _HOW)
        assert one.root == again.root
        name = next(iter(files))
        other = archive.unpack(packed({**files, name: files[name] + b"x"}, form), _HOW)
        assert other.root != one.root


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300))
def test_any_challenge_is_met_or_not(header: str):
    challenge.parse(header)


@pytest.mark.parametrize(
    ("header", "met"),
    [
        ('Basic realm="x"', challenge.Basic()),
        ("basic", challenge.Basic()),
        (
            'Bearer realm="https://a/b?c=d,e",service="s, t",scope="repository:a:pull"',
            challenge.Bearer(realm="https://a/b?c=d,e", service="s, t", scope="repository:a:pull"),
        ),
        ('Basic realm="x", Bearer realm="https://a"', challenge.Bearer(realm="https://a")),
        ('Bearer realm="https://a", Basic realm="x"', challenge.Bearer(realm="https://a")),
        ("BEARER Realm=https://a", challenge.Bearer(realm="https://a")),
        ('Bearer realm="https://a", realm="https://b"', challenge.Bearer(realm="https://a")),
        ("Negotiate", None),
    ],
)
def test_what_a_challenge_wants(header: str, met: challenge.Challenge | None):
    assert challenge.parse(header) == met


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_manifest_or_refused(content: bytes):
    with contextlib.suppress(Refused):
        manifest.read(content, name="it")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=80), st.text(max_size=20))
def test_any_reference_is_a_place_or_refused(url: str, chart: str):
    with contextlib.suppress(Refused):
        at = place.parse(url, Repository(url=url), chart)
        assert at.base.startswith("https://")
        assert not {"..", "."} & set(at.name.split("/"))
        assert not set("?#%@ ") & set(at.base + at.name)
