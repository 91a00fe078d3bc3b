"""The live objects of one cluster, indexed for every question that is asked: no answer scans. Pure bookkeeping.

Filled by `watching`; every change says which application instances it concerns.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from app_controller.observe import live as lives
from app_controller.observe.live import Live
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tracking import Tracking
from argosy.gateways.kubernetes.reflector import is_older


@dataclass(frozen=True, slots=True)
class Stirred:
    """An object that came, changed or went, and the application instances that this concerns.

    `judged_by` compare it, since it carries their mark or has a key that they want; `shown_by` have it in their trees.
    """

    key: ResourceKey
    judged_by: frozenset[str]
    shown_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Doubted:
    """What is held of a kind became doubtful, or certain again: these instances compare such objects."""

    judged_by: frozenset[str]


Changed = Callable[[Stirred | Doubted], None]
"""Told once per event, of what concerns somebody."""

_Index = TypeVar("_Index", str, GroupKind)
_NOBODY: frozenset[str] = frozenset()
_NOTHING: frozenset[ResourceKey] = frozenset()
_GONE_REMEMBERED = 1000


class Objects:
    """Live objects by key, kind, namespace, tracking instance and owner; `marks` says how ownership is read."""

    def __init__(self, changed: Changed, *, marks: Tracking) -> None:
        self.marks = marks
        self._changed = changed
        self._objects: dict[ResourceKey, Live] = {}
        self._by_uid: dict[str, ResourceKey] = {}
        self._by_kind: dict[GroupKind, dict[ResourceKey, None]] = {}
        self._by_namespace: dict[str, dict[ResourceKey, None]] = {}
        self._by_instance: dict[str, dict[ResourceKey, None]] = {}
        self._by_owner: dict[str, dict[ResourceKey, None]] = {}
        self._wanted: dict[ResourceKey, frozenset[str]] = {}
        self._wants: dict[str, AbstractSet[ResourceKey]] = {}
        # The answer to an apply may come after the watch has told of the deletion that followed it.
        self._gone: dict[ResourceKey, str] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, key: ResourceKey) -> Live | None:
        """Return an object, None if there is none."""
        return self._objects.get(key)

    def tracked_by(self, instance: str) -> list[Live]:
        """Return the objects that carry an application instance's mark, copies included."""
        return self._all(self._by_instance.get(instance, ()))

    def children(self, uid: str) -> list[Live]:
        """Return the objects that name this uid as an owner."""
        return self._all(self._by_owner.get(uid, ()))

    def in_namespace(self, namespace: str) -> list[Live]:
        """Return the objects of a namespace; the empty one holds what is cluster-scoped."""
        return self._all(self._by_namespace.get(namespace, ()))

    def of_kind(self, kind: GroupKind) -> list[Live]:
        """Return the objects of a kind."""
        return self._all(self._by_kind.get(kind, ()))

    def owners(self, key: ResourceKey) -> frozenset[ResourceKey]:
        """Return the keys of all owners of an object, and of theirs, as far as they are here; not its own."""
        found = self._objects.get(key)
        return frozenset(owner.key for owner in self._ancestors(found) if owner.key != key) if found else frozenset()

    def root_instances(self, key: ResourceKey) -> frozenset[str]:
        """Return the application instances in whose trees an object is: by its own mark or one of its owners'."""
        found = self._objects.get(key)
        return self._instances(found) if found else _NOBODY

    def want(self, instance: str, keys: AbstractSet[ResourceKey]) -> None:
        """Tell the instance of what happens to objects with these keys from now on, whoever they belong to."""
        before = self._wants.get(instance, _NOTHING)
        for key in before - keys:
            left = self._wanted[key] - {instance}
            if left:
                self._wanted[key] = left
            else:
                del self._wanted[key]
        for key in keys - before:
            self._wanted[key] = self._wanted.get(key, _NOBODY) | {instance}
        if keys:
            self._wants[instance] = keys
        else:
            self._wants.pop(instance, None)

    def wanting(self, kind: GroupKind) -> frozenset[str]:
        """Return the instances that compare objects of a kind; a scan, for when a watch breaks or heals."""
        wanted = (wants for key, wants in self._wanted.items() if key.group_kind == kind)
        return frozenset[str]().union(*wanted, (live.instance for live in self.of_kind(kind) if live.instance))

    def put(self, live: Live) -> None:
        """Take an object, unless a newer state of it is held."""
        known = self._objects.get(live.key)
        newest = known.resource_version if known is not None else self._gone.get(live.key, "")
        if known is live or (newest and is_older(live.resource_version, newest)):
            return
        before = self._instances(known) if known else _NOBODY
        if known is not None:
            self._unlink(known)
        self._link(live)
        self._tell(live.key, (known, live), before | self._instances(live))

    def remove(self, key: ResourceKey, *, uid: str = "", version: str = "") -> None:
        """Forget an object, unless the one that is held is its successor: another uid, and not older than `version`."""
        known = self._objects.get(key)
        if known is None or (uid and known.uid != uid and not is_older(known.resource_version, version)):
            return
        before = self._instances(known)
        self._unlink(known)
        if version:
            self._gone[key] = version
            while len(self._gone) > _GONE_REMEMBERED:
                self._gone.pop(next(iter(self._gone)))
        self._tell(key, (known,), before)

    def retain(self, kind: GroupKind, namespace: str, kept: set[ResourceKey], version: str) -> None:
        """Forget the objects of a kind (in one namespace, or all) that a list of this version does not have."""
        for key in list(self._by_kind.get(kind, ())):
            # What is newer than the list was written after it.
            gone = namespace in ("", key.namespace) and key not in kept
            if gone and not is_older(version, self._objects[key].resource_version):
                self.remove(key)

    def forget(self, kind: GroupKind, namespace: str) -> None:
        """Forget the objects of a kind (in one namespace, or all) that is no longer served or watched."""
        for key in list(self._by_kind.get(kind, ())):
            if namespace in ("", key.namespace):
                self.remove(key)

    def mark(self, marks: Tracking) -> None:
        """Read ownership anew, in another way."""
        self.marks = marks
        for known in list(self._objects.values()):
            before = self._instances(known)
            self._unlink(known)
            again = lives.read(known.encoded(), marks)
            self._link(again)
            self._tell(again.key, (known, again), before | self._instances(again))

    def _link(self, live: Live) -> None:
        self._objects[live.key] = live
        self._by_uid[live.uid] = live.key
        self._by_kind.setdefault(live.key.group_kind, {})[live.key] = None
        self._by_namespace.setdefault(live.key.namespace, {})[live.key] = None
        if live.instance:
            self._by_instance.setdefault(live.instance, {})[live.key] = None
        for owner in live.owners:
            self._by_owner.setdefault(owner, {})[live.key] = None

    def _unlink(self, live: Live) -> None:
        del self._objects[live.key]
        if self._by_uid.get(live.uid) == live.key:
            del self._by_uid[live.uid]
        _drop(self._by_kind, live.key.group_kind, live.key)
        _drop(self._by_namespace, live.key.namespace, live.key)
        _drop(self._by_instance, live.instance, live.key)
        for owner in live.owners:
            _drop(self._by_owner, owner, live.key)

    def _instances(self, live: Live) -> frozenset[str]:
        if not live.owners:
            return frozenset((live.instance,)) if live.instance else _NOBODY
        return frozenset(each.instance for each in self._ancestors(live) if each.instance)

    def _ancestors(self, live: Live) -> Iterator[Live]:
        """Yield an object, its owners and theirs, each once, whatever circles the references go in."""
        seen = {live.uid}
        waiting = [live]
        while waiting:
            each = waiting.pop()
            yield each
            for uid in each.owners:
                key = self._by_uid.get(uid)
                if key is not None and uid not in seen:
                    seen.add(uid)
                    waiting.append(self._objects[key])

    def _all(self, keys: Iterable[ResourceKey]) -> list[Live]:
        return [self._objects[key] for key in keys]

    def _tell(self, key: ResourceKey, states: Iterable[Live | None], shown_by: frozenset[str]) -> None:
        marked = {each.instance for each in states if each is not None and each.instance}
        judged_by = self._wanted.get(key, _NOBODY) | marked
        if judged_by or shown_by:
            self._changed(Stirred(key, judged_by, shown_by))


def _drop(index: dict[_Index, dict[ResourceKey, None]], entry: _Index, key: ResourceKey) -> None:
    """Take a key out of an index; an entry that is left empty goes too, so that the index does not grow for ever."""
    keys = index.get(entry)
    if keys is not None:
        keys.pop(key, None)
        if not keys:
            del index[entry]
