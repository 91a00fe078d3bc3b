"""The table of a chart's values, and its place in a README."""

import json

from hypothesis import given
from hypothesis import strategies as st

from argosy.cli.offline import readme
from argosy.cli.offline.charts import Described
from argosy.gateways.tools.port import ChartDetails, ChartMetadata, ChartValue

METADATA = ChartMetadata(name="web", version="1.0.0", description="A web page.")
VALUES = (
    ChartValue(key="image.tag", type="string", default='"1|2"', description="Which\nimage, a|b"),
    ChartValue(key="note", type="string", default='"``x`"', description=""),
    ChartValue(key="extra", type="object", default="", description="Only the schema names it."),
)
CHART = Described(ChartDetails(metadata=METADATA, values="", value_files=(), parameters={}), VALUES)
TABLE = """\
| Name | Type | Default | Description |
| --- | --- | --- | --- |
| `image.tag` | string | `"1\\|2"` | Which image, a\\|b |
| `note` | string | ``` "``x`" ``` |  |
| `extra` | object |  | Only the schema names it. |"""


def test_values_are_a_row_each():
    assert readme.table(VALUES) == TABLE


def test_values_are_json_too():
    document = json.loads(readme.as_json(CHART))
    assert (document["name"], document["version"]) == ("web", "1.0.0")
    assert document["values"][0] == {
        "key": "image.tag",
        "type": "string",
        "default": '"1|2"',
        "description": "Which\nimage, a|b",
    }


def test_a_new_readme_says_what_the_chart_is():
    text = readme.with_table("", CHART)
    assert text.startswith("# web\n\nA web page.\n\n## Values\n\n<!--")
    assert TABLE in text


def test_what_is_written_around_the_table_stays():
    text = f"# My chart\n\nWords.\n{readme.BEGIN}\nold\n{readme.END}\nMore words.\n"
    assert readme.with_table(text, CHART) == (
        f"# My chart\n\nWords.\n{readme.BEGIN}\n\n{TABLE}\n\n{readme.END}\nMore words.\n"
    )


def test_without_marks_the_table_comes_last():
    assert readme.with_table("# My chart\n", CHART).startswith(f"# My chart\n\n## Values\n\n{readme.BEGIN}\n")


@given(st.text(), st.text())
def test_writing_twice_changes_nothing(before: str, after: str):
    for text in (before, f"{before}{readme.BEGIN}{after}{readme.END}{after}"):
        once = readme.with_table(text, CHART)
        assert readme.with_table(once, CHART) == once


@given(st.text(), st.text())
def test_a_row_has_its_four_cells_whatever_a_chart_says(default: str, description: str):
    value = ChartValue(key="a", type="string", default=json.dumps(default), description=description)
    row = readme.table((value,)).split("\n", 2)[2]
    assert row.replace("\\|", "").count("|") == 5
    assert "\n" not in row
