"""`argosy chart docs`: the values of a chart as a table: name, type, default, what it is for."""

from pathlib import Path

import click

from argosy.cli.command import flag
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.cli.reading import read_text


@click.command()
@click.argument("path", metavar="PATH")
@click.option("--output", "-o", type=click.Choice(["markdown", "json"]), default="markdown", help="Output format")
@flag("--write", explain="Put the table into the chart's README.md, between its marks, instead of printing it")
@click.pass_obj
def command(options: Globals, path: str, *, output: str, write: bool) -> None:
    """Write the table of a chart's values, as its comments and its schema describe them.

    A comment above a value, or `# -- text`, is its description.
    """
    from argosy.cli.offline import charts, readme  # noqa: PLC0415  heavy

    chart = charts.describe(path, options.environment)
    if not write:
        say(readme.as_json(chart) if output == "json" else readme.table(chart.values))
        return
    file = Path(path) / "README.md"
    if not file.parent.is_dir():
        raise CommandError(f"{path} is no folder", advice="A README.md is written beside the Chart.yaml only.")
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise CommandError(f"{file} is not a file of its own", advice="What a link leads to is not written to.")
    before = read_text(str(file)) if file.exists() else ""
    after = readme.with_table(before, chart)
    if after != before:
        file.write_text(after, encoding="utf-8")
    say(f"{file} {'changed' if after != before else 'unchanged'}")
