"""Rows of figures and the Markdown that `run` prints of them. Knows nothing of what is measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import machine


@dataclass(frozen=True)
class Row:
    """A figure, what it was taken from ("10 runs"), and the load average of the machine when it was taken."""

    what: str
    figure: str
    taken_from: str
    load: str = field(default_factory=machine.load)


def durations(what: str, measured: Sequence[float]) -> Row:
    """Return the row of durations, given in seconds: their median and extremes."""
    scale, unit, digits = _scale(median(measured))
    return Row(what, f"{_spread([each * scale for each in measured], digits)} {unit}", f"{len(measured)} runs")


def counts(what: str, measured: Sequence[int], *, detail: str = "") -> Row:
    """Return the row of counts: their median and extremes."""
    figure = _spread(measured, 0)
    return Row(what, f"{figure}: {detail}" if detail else figure, f"{len(measured)} runs")


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | median (least to most) | taken from | load |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.figure} | {row.taken_from} | {row.load} |" for row in rows]
    return "\n".join(lines)


def _scale(seconds: float) -> tuple[float, str, int]:
    """Return the factor, the unit and the digits in which such a duration is read best."""
    if seconds >= 10:
        return 1, "s", 1
    return 1000, "ms", 0 if seconds >= 0.05 else 1


def _spread(measured: Sequence[float], digits: int) -> str:
    middle, least, most = (f"{each:,.{digits}f}" for each in (median(measured), min(measured), max(measured)))
    return middle if least == most else f"{middle} ({least} to {most})"
