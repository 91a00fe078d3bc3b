"""The way in: `argosy`, `kubectl argosy` and `python -m argosy.cli`.

Comes in: the words of a call. Goes out: an exit code, and one clear line for everything that went wrong. Exit codes
are Argo CD's: 0, 1 for a call that cannot be understood, 20 for what failed.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from argosy.cli import argv
from argosy.cli.command import RUNTIME_FAILURE, WRONG_CALL, HelpNeeded
from argosy.cli.errors import CommandError, Finished
from argosy.cli.root import root

_INTERRUPTED = 130
_PLUGINS = ("argosy-", "argocd-")


def main() -> NoReturn:
    """Run the call that this process was started with, and end with its exit code."""
    name = Path(sys.argv[0]).name
    program = "kubectl argosy" if name.startswith("kubectl-") else "argosy"
    sys.exit(run(sys.argv[1:], program=program, environment=os.environ))


def run(words: Sequence[str], *, program: str, environment: Mapping[str, str]) -> int:
    """Run one call and give its exit code; an unknown command is looked for among the plugins first."""
    # None leaves it to click, which colours only what a terminal shows.
    color = False if environment.get("NO_COLOR") else None
    try:
        _run_plugin(words, environment)
        added = argv.global_options(root, shlex.split(_added(environment)))
        arguments = [*added, *argv.normalise(root, words or ["--help"])]
        result = root.main(
            arguments, prog_name=program, complete_var="_ARGOSY_COMPLETE", standalone_mode=False, color=color
        )
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has closed it; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Finished, CommandError, click.ClickException) as ending:
        return _end(ending, color=color)
    return result if isinstance(result, int) else 0


def _end(ending: Finished | CommandError | click.ClickException, *, color: bool | None) -> int:
    match ending:
        case Finished():
            return ending.code
        case CommandError():
            return _failed(ending.message, advice=ending.advice, color=color)
        case click.UsageError():
            return _wrong_call(ending, color=color)
        case _:
            return _failed(ending.format_message(), color=color)


def _added(environment: Mapping[str, str]) -> str:
    return environment.get("ARGOSY_OPTS") or environment.get("ARGOCD_OPTS") or ""


def _run_plugin(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Become `argosy-x` (or `argocd-x`) for an unknown command `x`, as Argo CD's command line does."""
    found = argv.first_command(root, words)
    if found is None or found[0] in root.entries or "/" in found[0]:
        return
    for prefix in _PLUGINS:
        path = shutil.which(f"{prefix}{found[0]}", path=environment.get("PATH"))
        if path:
            os.execve(path, [path, *found[1]], dict(environment))  # noqa: S606  (found in PATH; no shell)


def _failed(message: str, *, color: bool | None, advice: str = "") -> int:
    _say_error(message, color=color)
    if advice:
        click.echo(advice, err=True)
    return RUNTIME_FAILURE


def _say_error(message: str, *, color: bool | None) -> None:
    click.echo(f"{click.style('error:', fg='red')} {message}", err=True, color=color)


def _wrong_call(error: click.UsageError, *, color: bool | None) -> int:
    """Print the whole help for a wrong number of words, as Argo CD does, and where it is for other mistakes."""
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(message, err=True)
        return WRONG_CALL
    if error.ctx and isinstance(error, (HelpNeeded, click.MissingParameter)):
        click.echo(f"{error.ctx.get_help()}\n", err=True)
    _say_error(message, color=color)
    if error.ctx:
        click.echo(f"Run: {error.ctx.command_path} --help", err=True)
    return WRONG_CALL


if __name__ == "__main__":
    main()
