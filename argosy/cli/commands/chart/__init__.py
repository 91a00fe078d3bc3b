"""`argosy chart`: one file for each verb, and the table of them. All of it works without a server."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "docs": Entry("argosy.cli.commands.chart.docs", "Write the table of a chart's values"),
    "index": Entry("argosy.cli.commands.chart.index", "Make a folder of packed charts a chart repository"),
    "lint": Entry("argosy.cli.commands.chart.lint", "Say what is wrong with charts"),
}


@click.group("chart", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Look after charts."""
