"""Rows of the table: a figure, and the target that the design sets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import machine


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was measured."""

    what: str
    figure: str
    target: str = "-"
    load: str = field(default_factory=machine.load)


def milliseconds(measured: Sequence[float]) -> str:
    """Return the median and the extremes of durations in seconds."""
    middle, least, most = (f"{each * 1000:,.1f}" for each in (median(measured), min(measured), max(measured)))
    return f"{middle} ms ({least} to {most})"


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | median (least to most) | target | load |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.figure} | {row.target} | {row.load} |" for row in rows]
    return "\n".join(lines)
