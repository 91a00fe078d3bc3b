"""Which states of Applications we wrote ourselves, though the watch often tells of them before the answer is here.

Kept by `watched`: what comes while a write is under way is judged when it has been answered.
"""

from dataclasses import dataclass, field

from app_controller.queue import ApplicationKey


@dataclass(slots=True)
class _UnderWay:
    """The writes to one Application at this moment, and the versions that were answered and seen meanwhile."""

    number: int = 0
    answered: set[int] = field(default_factory=set[int])
    seen: set[int] = field(default_factory=set[int])


@dataclass(slots=True)
class OwnWrites:
    """Resource versions by Application: the last one that we wrote, and those of the writes under way."""

    _last: dict[ApplicationKey, int] = field(default_factory=dict[ApplicationKey, int])
    _under_way: dict[ApplicationKey, _UnderWay] = field(default_factory=dict[ApplicationKey, _UnderWay])

    def begin(self, key: ApplicationKey) -> None:
        """Know that a write is under way; `end` must follow."""
        self._under_way.setdefault(key, _UnderWay()).number += 1

    def end(self, key: ApplicationKey) -> bool:
        """Return whether, as it turns out at the last one's end, somebody else wrote meanwhile."""
        writes = self._under_way[key]
        writes.number -= 1
        if writes.number:
            return False
        del self._under_way[key]
        others = bool(writes.seen - writes.answered)
        if others:
            self._last.pop(key, None)
        return others

    def note(self, key: ApplicationKey, version: int) -> None:
        """Know that we wrote this version."""
        self._last[key] = version
        if key in self._under_way:
            self._under_way[key].answered.add(version)

    def may_be_ours(self, key: ApplicationKey, version: int) -> bool:
        """Return whether we wrote this version, or it is to be seen at the `end` of a write."""
        writes = self._under_way.get(key)
        if writes is not None:
            writes.seen.add(version)
        return writes is not None or self._last.get(key) == version

    def forget(self, key: ApplicationKey) -> None:
        """Forget an Application."""
        self._last.pop(key, None)
