"""`argosy chart index`: make a folder of packed charts a chart repository that any web server can serve."""

import click

from argosy.cli.command import text
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@click.argument("folder", metavar="DIR")
@text("--url", explain="URL that the folder will be served at; without it archives are named relative to the index")
@text("--merge", explain="File or URL of an index whose other charts and versions are kept")
@click.pass_obj
def command(options: Globals, folder: str, *, url: str | None, merge: str | None) -> None:
    """Write the index.yaml of the packed charts (*.tgz) in a folder and in the folders below it.

    What has not changed keeps its date: indexing a folder again leaves its index as it is.
    """
    from argosy.cli.offline import indexing  # noqa: PLC0415  heavy

    written = indexing.write(folder, options.environment, url=url or "", merge=merge)
    say(f"{written.file} {'changed' if written.changed else 'unchanged'}: {written.charts} chart(s)")
