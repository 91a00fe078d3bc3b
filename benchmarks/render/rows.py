"""Rows of the table: a figure, the target that the design sets, and what the command line took in the same run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import machine


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was measured; `beside` is the command line's figure, where there is one."""

    what: str
    figure: str
    target: str
    beside: str = ""
    load: str = field(default_factory=machine.load)


def milliseconds(measured: Sequence[float]) -> str:
    """Return the median and the extremes of durations in seconds."""
    middle, least, most = (f"{each * 1000:,.2f}" for each in (median(measured), min(measured), max(measured)))
    return f"{middle} ms ({least} to {most})" if len(measured) > 1 else f"{middle} ms"


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | figure | target | command line | load |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.figure} | {row.target} | {row.beside or '-'} | {row.load} |" for row in rows]
    return "\n".join(lines)
