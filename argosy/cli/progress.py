"""Shows how far a sync or a wait is: live on a terminal, a line for each change elsewhere.

Comes in: resources and verdicts from `argosy.cli.watching`. Goes out: text; nothing is decided here.
"""

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from argosy.cli.printing import COLOURS
from argosy.cli.views.resources import HEADER, ResourceState
from argosy.cli.waiting import Conditions, Verdict, Waiting, waits_for
from argosy.cli.watching import Display
from argosy.engine.model.resource import ResourceKey

# Argo CD's widths, so that lines stand below each other while they come one by one.
_WIDTHS = (27, 12, 20, 15, 32, 10, 12, 10)
_LIVE_HEADER = ("RESOURCE", "STATUS", "HEALTH", "WAITS FOR")
_ROOM_FOR_OTHERS = 6


@contextmanager
def display(conditions: Conditions, *, title: str, quiet: bool) -> Generator[Display]:
    """Choose how to show progress; with `quiet` it goes to standard error, so that the answer stands alone."""
    stream = sys.stderr if quiet else sys.stdout
    if not stream.isatty():
        yield _Lines(stream)
        return
    console = Console(file=stream)
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield _Table(live, console, conditions, title=title)


class _Lines:
    """A line for each resource whenever it has changed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: dict[ResourceKey, ResourceState] = {}
        self._write(("TIMESTAMP", *HEADER))

    def show(self, states: Sequence[ResourceState], verdict: Verdict) -> None:
        """Write what is new."""
        del verdict
        now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        for state in states:
            if self._shown.get(state.key) != state:
                self._shown[state.key] = state
                self._write((now, *state.cells()))

    def _write(self, cells: Sequence[str]) -> None:
        padded = [cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False)]
        click.echo("  ".join([*padded, cells[-1]]).rstrip(), file=self._stream)


class _Table:
    """A table that is drawn anew, with what each resource waits for."""

    def __init__(self, live: Live, console: Console, conditions: Conditions, *, title: str) -> None:
        self._live = live
        self._console = console
        self._conditions = conditions
        self._spinner = Spinner("dots", text=title)
        self._title = title

    def show(self, states: Sequence[ResourceState], verdict: Verdict) -> None:
        """Draw the resources, those that wait first where there is not room for all."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in _LIVE_HEADER:
            table.add_column(name, no_wrap=True, overflow="ellipsis")
        room = max(self._console.height - _ROOM_FOR_OTHERS, 1)
        for state in self._in_order(states)[:room]:
            table.add_row(*self._cells(state))
        if len(states) > room:
            table.add_row(f"... and {len(states) - room} more", "", "", "")
        reasons = f": waiting for {'; '.join(verdict.reasons[:3])}" if isinstance(verdict, Waiting) else ""
        self._spinner.update(text=f"{self._title}{reasons}")
        grid = Table.grid()
        grid.add_row(table)
        grid.add_row(self._spinner)
        self._live.update(grid)

    def _in_order(self, states: Sequence[ResourceState]) -> list[ResourceState]:
        return sorted(states, key=lambda state: not waits_for(state, self._conditions))

    def _cells(self, state: ResourceState) -> tuple[Text, ...]:
        waiting = waits_for(state, self._conditions)
        place = f"{state.key.namespace}/" if state.key.namespace else ""
        return (
            Text(f"{state.key.kind} {place}{state.key.name}"),
            _styled(state.status),
            _styled(state.health),
            Text(waiting or state.message),
        )


def _styled(status: str) -> Text:
    return Text(status, style=COLOURS.get(status, ""))
