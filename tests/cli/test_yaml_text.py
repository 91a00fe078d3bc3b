import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from argosy.wire import yaml_text

READ = {
    "on": True,
    "yes": True,
    "y": True,
    "N": False,
    "1e3": 1000,
    "12e03": 12000,
    "685e3": 685000,
    "1.0": 1,
    "1.": 1,
    "010": 8,
    "0o7": 7,
    "089": 89,
    "1:30": "1:30",
    "2001-01-01": "2001-01-01",
    "2001-01-01T00:00:00Z": "2001-01-01T00:00:00Z",
    "=": "=",
    "1_000": 1000,
    "0b11": 3,
    "-0x1F": -31,
    "+12": 12,
    "1.5": 1.5,
    ".5": 0.5,
    "~": None,
    "1.2.3": "1.2.3",
    "-": "-",
    "18446744073709551615": 18446744073709551615,
    "12345678901234567890123": 1.2345678901234568e22,
    "٣": "٣",
}


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_an_unquoted_scalar_is_read_as_kubernetes_reads_it(text, value):
    assert yaml_text.scalar(text) == value
    assert type(yaml_text.scalar(text)) is type(value)


def test_documents_are_read_as_kubernetes_reads_them():
    text = "a: 1\na: y\nb: !foo bar\nc: '1e3'\nd: {y: 010}\n---\n# nothing\n---\n- 2001-01-01\n- \"0o7\"\n"
    assert yaml_text.load_all(text) == [{"a": True, "b": "bar", "c": "1e3", "d": {"true": 8}}, ["2001-01-01", "0o7"]]


def test_merge_keys_are_merged():
    assert yaml_text.load_all("base: &b {x: 1, y2: 2}\nmore:\n  <<: *b\n  x: 3\n")[0]["more"] == {"x": 3, "y2": 2}


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\ta: 1", "a: .nan"])
def test_a_bad_document_is_refused_with_its_line(text):
    with pytest.raises(yaml_text.YamlError, match=r"line 1|line 2"):
        yaml_text.load_all(text)


TRICKY = [
    *READ,
    "",
    "null",
    "y",
    "n",
    "Y",
    "<<",
    "1E5",
    "- a",
    "a: b",
    "#x",
    " x ",
    "a\nb",
    "a\n",
    "\n",
    "tab\there",
    "é",
    "'",
    '"',
]


@pytest.mark.parametrize("text", TRICKY)
def test_every_string_comes_back_as_a_string_for_every_reader(text):
    written = yaml_text.dump({"key": text, text: 1})
    assert yaml_text.load_all(written) == [{"key": text, text: 1}]
    assert yaml.safe_load(written) == {"key": text, text: 1}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(json_values.filter(lambda value: value is not None))
def test_what_is_written_is_read_back(value):
    assert json.dumps(yaml_text.load_all(yaml_text.dump(value))) == json.dumps([_sorted(value)])


def _sorted(value):
    match value:
        case dict():
            return {name: _sorted(value[name]) for name in sorted(value)}
        case list():
            return [_sorted(item) for item in value]
        case _:
            return value


def test_several_documents_are_each_opened_by_a_marker():
    assert yaml_text.dump_all([{"a": 1}, {"b": "x\ny\n"}]) == "---\na: 1\n---\nb: |\n  x\n  y\n"


def test_long_lines_are_not_folded():
    assert yaml_text.dump({"a": "word " * 100 + "end"}).count("\n") == 1
