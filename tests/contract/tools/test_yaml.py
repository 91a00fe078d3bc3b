"""Reading YAML and JSON through the real worker; the reader's own rules are tested in Go, next to it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Document, File, ReadFile, UnreadableFile


async def test_each_file_has_its_answer_in_order(pool: Pool):
    good = File("app/a.yaml", b"# c\nkind: A\n---\nkind: B\nspec: {on: y}\n")
    bad = File("app/b.yaml", b"kind: A\n---\nkind: [\n")
    empty = File("app/c.yml", b"# nothing\n---\n")
    as_json = File("app/d.json", b'{"kind": "D", "size": 1.0}')
    assert await pool.yaml([good, bad, empty, as_json]) == (
        ReadFile(
            "app/a.yaml",
            (
                Document({"kind": "A"}, "app/a.yaml", 1, 1),
                Document({"kind": "B", "spec": {"true": True}}, "app/a.yaml", 2, 4),
            ),
        ),
        UnreadableFile("app/b.yaml", 2, 3, "yaml: line 3: did not find expected node content"),
        ReadFile("app/c.yml", ()),
        ReadFile("app/d.json", (Document({"kind": "D", "size": 1}, "app/d.json", 1, 1),)),
    )


async def test_no_files_have_no_answers(pool: Pool):
    assert await pool.yaml([]) == ()


async def test_content_that_is_not_utf8_is_refused_with_its_line(pool: Pool):
    (answer,) = await pool.yaml([File("a.yaml", b"a: 1\nb: \xff\xfe\n")])
    assert answer == UnreadableFile("a.yaml", 1, 2, "line 2: it is not UTF-8 text")


async def test_a_file_name_that_is_not_utf8_passes(pool: Pool):
    (answer,) = await pool.yaml([File("d\udcff.yaml", b"kind: A\n")])
    assert isinstance(answer, ReadFile)
    assert answer.documents[0].manifest == {"kind": "A"}


async def test_an_alias_bomb_is_the_trouble_of_its_own_file_only(pool: Pool):
    levels = ["a0: &a0 [x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    long_string = "a: &x " + "x" * 1_000_000 + "\nb: [" + "*x, " * 300 + "]\n"
    bomb, long, good = await pool.yaml(
        [
            File("bomb.yaml", "\n".join(levels).encode()),
            File("long.yaml", long_string.encode()),
            File("a.yaml", b"a: 1"),
        ]
    )
    assert isinstance(bomb, UnreadableFile)
    assert "aliases expand to more than" in bomb.message
    assert isinstance(long, UnreadableFile)
    assert "aliases expand to more than" in long.message
    assert isinstance(good, ReadFile)


@pytest.mark.parametrize("depth", [501, 9_000, 100_000])
async def test_nesting_is_limited(pool: Pool, depth: int):
    (answer,) = await pool.yaml([File("a.yaml", b"a: " + b"[" * depth + b"]" * depth)])
    assert isinstance(answer, UnreadableFile)
    assert "nested deeper" in answer.message or "exceeded max depth" in answer.message


async def test_ten_megabytes_pass_in_and_out(pool: Pool):
    document = b"kind: ConfigMap\ndata:\n  text: " + b"x" * 10_000 + b"\n---\n"
    (answer,) = await pool.yaml([File("a.yaml", document * 1_000)])
    assert isinstance(answer, ReadFile)
    assert len(answer.documents) == 1_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objects=st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=4))
async def test_any_json_objects_come_back_as_they_were(pool: Pool, objects: list[dict[str, object]]):
    import json

    text = "\n".join(json.dumps(value) for value in objects)
    (answer,) = await pool.yaml([File("a.json", text.encode())])
    assert isinstance(answer, ReadFile)
    assert [document.manifest for document in answer.documents] == objects
