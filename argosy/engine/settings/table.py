"""A settings ConfigMap as a table: how the text of each key is read, and what holds without it.

Called by the modules that have such a table: `config_map` and `parameters`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from argosy.engine.settings import values
from argosy.engine.settings.snapshot import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A key of a ConfigMap: how its text is read, and what holds without it."""

    name: str
    read: Callable[[str], T]
    default: T


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of a ConfigMap, and the families of keys: those that end in a name which the user chose.

    Of a family, the texts are kept for whoever makes something of them together. `ignored` keys and families are known
    and have no effect; any other key is a problem.
    """

    where: str
    keys: Mapping[str, Key[object]]
    families: Mapping[str, Callable[[str], object]] = field(default_factory=dict[str, Callable[[str], object]])
    ignored: frozenset[str] = frozenset()
    ignored_families: tuple[str, ...] = ()

    def accept(
        self, data: Mapping[str, str], *, previous: Mapping[str, str]
    ) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
        """Return the texts that hold from now on, and what is wrong: a malformed text gives way to the previous one."""
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        for name, value in sorted(data.items()):
            read = self._reader(name)
            if read is None:
                if name not in self.ignored and not name.startswith(self.ignored_families):
                    problems.append(Problem(self.where, name, "unknown key; it has no effect"))
                continue
            try:
                read(value)
            except values.Malformed as error:
                kept = "the last good value" if name in previous else "the default"
                problems.append(Problem(self.where, name, f"{error}; {kept} stays in force"))
                if name in previous:
                    texts[name] = previous[name]
            else:
                texts[name] = value
        return texts, tuple(problems)

    def _reader(self, name: str) -> Callable[[str], object] | None:
        key = self.keys.get(name)
        if key is not None:
            return key.read
        return next((read for family, read in self.families.items() if name.startswith(family)), None)


def value_of(texts: Mapping[str, str], key: Key[T]) -> T:
    """Return what an accepted text says, or the default."""
    return key.read(texts[key.name]) if key.name in texts else key.default


def family_of(texts: Mapping[str, str], family: str) -> Mapping[str, str]:
    """Return the accepted texts of a family, by the name that the user chose."""
    return {name.removeprefix(family): text for name, text in texts.items() if name.startswith(family)}
