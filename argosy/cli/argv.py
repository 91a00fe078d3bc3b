"""The command line as pflag reads it, rewritten for click.

Comes in: `sys.argv[1:]`, as people have it in their scripts for Argo CD. Goes out: the same call with every option as
`--long=value` (flags as `--long` or `--no-long`) behind the command that declares it. Called by `argosy.cli.__main__`.

What differs between the two: `--flag=true`, `-o=json`, global options behind the command's name, and the options of a
command before it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import click

from argosy.cli.command import LazyGroup

# strconv.ParseBool, which pflag uses.
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))


@dataclass(frozen=True)
class _Level:
    """A command on the way from the root to the one that runs, and the options given that it declares."""

    name: str
    context: click.Context
    declared: Mapping[str, click.Option]
    given: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Given:
    """An option in a word, the level that declares it, and its value if that is in the same word."""

    level: _Level
    option: click.Option
    value: str | None


def normalise(root: LazyGroup, words: Sequence[str]) -> list[str]:
    """Rewrite a call of `root` so that click reads what pflag would; words it cannot place are left to click.

    Raises `click.BadParameter` for a flag whose value is neither true nor false.
    """
    levels = [_level("", root)]
    rest = _without_commands(levels, words)
    positional = list(_place(levels, rest))
    placed = [[level.name, *level.given] for level in levels]
    return [word for group in placed for word in group if word] + positional


def global_options(root: LazyGroup, words: Sequence[str]) -> list[str]:
    """Keep of `words` the options that `root` declares, rewritten; `ARGOSY_OPTS` may hold others."""
    levels = [_level("", root)]
    list(_place(levels, words))
    return [word for word in levels[0].given if word]


def first_command(root: LazyGroup, words: Sequence[str]) -> tuple[str, list[str]] | None:
    """Find the word in the place of a command's name, and the words that follow it; `None` if there is none."""
    for index in _names([_level("", root)], words):
        return words[index], list(words[index + 1 :])
    return None


def _level(name: str, command: click.Command, parent: click.Context | None = None) -> _Level:
    context = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    options = (option for option in command.get_params(context) if isinstance(option, click.Option))
    declared = {spelling: option for option in options for spelling in (*option.opts, *option.secondary_opts)}
    return _Level(name=name, context=context, declared=declared)


def _without_commands(levels: list[_Level], words: Sequence[str]) -> list[str]:
    """Follow the names of groups and commands, adding to `levels`; what is left are options and arguments."""
    used: list[int] = []
    for index in _names(levels, words):
        parent = levels[-1].context
        group = parent.command
        found = group.command_named(words[index]) if isinstance(group, LazyGroup) else None
        if found is None:
            break
        levels.append(_level(words[index], found, parent))
        used.append(index)
    return [word for index, word in enumerate(words) if index not in used]


def _names(levels: list[_Level], words: Sequence[str]) -> Iterator[int]:
    """Give the indices of the words that are neither options nor values of options."""
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return
        elif _is_option(word):
            skip = _takes_next(levels, word)
        else:
            yield index


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _takes_next(levels: list[_Level], word: str) -> bool:
    given = _find(levels, word)
    if not given:
        # A command's option before the command's name: like cobra, take it for one with a value.
        return "=" not in word
    return given[-1].value is None and not given[-1].option.is_flag


def _place(levels: list[_Level], words: Iterable[str]) -> Iterator[str]:
    """Give each option to the level that declares it; yield the other words."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield from (word, *rest)
            return
        given = _find(levels, word) if _is_option(word) else []
        for each in given:
            value = next(rest, None) if each.value is None and not each.option.is_flag else each.value
            each.level.given.append(_written(each.option, value))
        if not given:
            yield word


def _find(levels: list[_Level], word: str) -> list[_Given]:
    """Say which options a word sets (several for `-yp`); none if one of them is not declared."""
    if not word.startswith("--"):
        return list(_find_short(levels, word[1:]))
    name, equals, value = word.partition("=")
    declared = _declared(levels, name)
    if not declared:
        return []
    if name in declared[1].secondary_opts and not equals:
        return [_Given(*declared, "false")]
    return [_Given(*declared, value if equals else None)]


def _find_short(levels: list[_Level], letters: str) -> list[_Given]:
    given: list[_Given] = []
    while letters:
        declared = _declared(levels, f"-{letters[0]}")
        if not declared:
            return []
        letters = letters[1:]
        if letters.startswith("="):
            return [*given, _Given(*declared, letters[1:])]
        if not declared[1].is_flag:
            return [*given, _Given(*declared, letters or None)]
        given.append(_Given(*declared, None))
    return given


def _declared(levels: list[_Level], spelling: str) -> tuple[_Level, click.Option] | None:
    for level in reversed(levels):
        option = level.declared.get(spelling)
        if option:
            return level, option
    return None


def _written(option: click.Option, value: str | None) -> str:
    long = max(option.opts, key=len)
    if not option.is_flag:
        return long if value is None else f"{long}={value}"
    if value is None or value in _TRUE:
        return long
    if value in _FALSE:
        return option.secondary_opts[0] if option.secondary_opts else ""
    raise click.BadParameter(f"{value!r} is neither true nor false", param=option)
