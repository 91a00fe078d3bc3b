"""A chart's values -> a table in Markdown, and its place in a README. Called by `argosy chart docs`."""

import re
from collections.abc import Sequence

import msgspec

from argosy.cli.offline.charts import Described
from argosy.gateways.tools.port import ChartValue

BEGIN = "<!-- values: written by `argosy chart docs --write` -->"
END = "<!-- end of values -->"
_HEADER = ("Name", "Type", "Default", "Description")


def table(values: Sequence[ChartValue]) -> str:
    """Return the values as a table in Markdown, without a newline at its end."""
    rows = [(_code(value.key), value.type, _code(value.default), _cell(value.description)) for value in values]
    lines = (_HEADER, ("---",) * len(_HEADER), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_json(chart: Described) -> str:
    """Return the chart's name and version and its values as JSON."""
    metadata = chart.details.metadata
    document = {"name": metadata.name, "version": metadata.version, "values": chart.values}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def with_table(text: str, chart: Described) -> str:
    """Return a README with the table between its marks; without marks at its end, and a new one where it is empty."""
    section = f"{BEGIN}\n\n{table(chart.values)}\n\n{END}"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        return f"{before}{section}{after}"
    if text:
        return f"{text.rstrip()}\n\n## Values\n\n{section}\n"
    metadata = chart.details.metadata
    description = f"{metadata.description}\n\n" if metadata.description else ""
    return f"# {metadata.name}\n\n{description}## Values\n\n{section}\n"


def _code(text: str) -> str:
    """Return a text as code, in a fence that is longer than any row of backticks in it."""
    if not text:
        return ""
    longest = max((len(row) for row in re.findall("`+", text)), default=0)
    fence, padding = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{padding}{_one_cell(text)}{padding}{fence}"


def _cell(text: str) -> str:
    return _one_cell(" ".join(text.split()))


def _one_cell(text: str) -> str:
    """Escape what would end the cell, even within code."""
    return text.replace("|", "\\|")
