"""What a command is made of: groups that import late, and options that read as Argo CD's.

Comes in: declarations in `argosy.cli.commands`. Goes out: click commands. A group knows its commands by a table of
name to module, so that `--help` imports none of them. Used by every command module and by `argosy.cli.__main__`.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

RUNTIME_FAILURE = 20
"""Exit code of every error that is not a wrong call; Argo CD's."""
WRONG_CALL = 1
"""Exit code of a call that cannot be understood; its help is printed."""


@dataclass(frozen=True)
class Entry:
    """Where a command lives (`module` holds it as `command`) and what the list of commands says about it."""

    module: str
    summary: str


class LazyGroup(click.Group):
    """A group whose commands are imported when they are named."""

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the table."""
        del ctx
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; `None` if there is none."""
        del ctx
        return self.command_named(cmd_name)

    def command_named(self, name: str) -> click.Command | None:
        """Import the command of that name; `None` if there is none."""
        entry = self.entries.get(name)
        return importlib.import_module(entry.module).command if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.entries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names of commands from the table, importing none, and options."""
        items = [CompletionItem(name, help=entry.summary) for name, entry in self.entries.items()]
        fitting = [item for item in items if item.value.startswith(incomplete)]
        return [*fitting, *click.Command.shell_complete(self, ctx, incomplete)]


class Flag(click.Option):
    """A boolean flag; `--no-<name>` exists for `argosy.cli.argv` (`--name=false`) and is not shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Show the flag as Argo CD does: by its positive name."""
        record = super().get_help_record(ctx)
        return (record[0].split(" / ")[0], record[1]) if record else None


def flag(*names: str, explain: str, default: bool | None = False, hidden: bool = False) -> Decorator:
    """Declare a boolean flag; the first of `names` is the long one. With `default=None` absence can be told."""
    long = names[0]
    positive = f"{long}/--no-{long.removeprefix('--')}"
    return click.option(
        positive, *names[1:], variable(long), cls=Flag, is_flag=True, default=default, help=explain, hidden=hidden
    )


def text(*names: str, explain: str, default: str | None = None, hidden: bool = False) -> Decorator:
    """Declare an option with one text value; the last one given counts."""
    return click.option(
        *names,
        variable(names[0]),
        default=default,
        help=explain,
        hidden=hidden,
        metavar="string",
        show_default=bool(default),
    )


def number(*names: str, explain: str, default: int | None = None) -> Decorator:
    """Declare an option with one whole number; the last one given counts."""
    return click.option(
        *names, variable(names[0]), type=int, default=default, help=explain, metavar="int", show_default=bool(default)
    )


def texts(*names: str, explain: str) -> Decorator:
    """Declare an option that may be repeated; its value is a tuple of texts in the order given."""
    return click.option(*names, variable(names[0]), multiple=True, help=explain, metavar="stringArray")


def output(*formats: str, default: str = "wide") -> Decorator:
    """Declare `-o/--output` with its formats."""
    explain = f"Output format. One of: {'|'.join(formats)}"
    return click.option(
        "--output", "-o", type=click.Choice(formats), default=default, help=explain, metavar="string", show_default=True
    )


def variable(long: str) -> str:
    """Name the Python argument of an option: `--dest-server` is `dest_server`."""
    return long.removeprefix("--").replace("-", "_")


def names(metavar: str, *, required: bool = True) -> Decorator:
    """Declare any number of positional names, at least one if `required`."""
    return click.argument("names", nargs=-1, required=required, metavar=metavar)


class HelpNeeded(click.UsageError):
    """The call has too few or too many words: its whole help is printed."""


def show_help(reason: str) -> NoReturn:
    """End the running command as wrongly called: its help is printed, the exit code is 1."""
    raise HelpNeeded(reason, click.get_current_context())
