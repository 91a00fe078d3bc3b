"""The live objects of one cluster, indexed for every question that is asked: no answer scans. Pure bookkeeping.

Filled by `watching`; every change says which application instances it concerns.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from app_controller.observe import live as lives
from app_controller.observe.live import Live, Unreadable
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tracking import Tracking
from argosy.engine.tree import owners
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

_EMPTY: Mapping[ResourceKey, Live] = {}
_NOBODY: frozenset[str] = frozenset()
_NOTHING: frozenset[ResourceKey] = frozenset()
_GONE_REMEMBERED = 1000


class Objects:
    """Live objects by key, kind, namespace, tracking instance and owner; `marks` says how ownership is read."""

    def __init__(self, changed: Changed, *, marks: Tracking) -> None:
        self._marks = marks
        self._changed = changed
        self._by_kind: dict[GroupKind, dict[ResourceKey, Live]] = {}
        self._by_uid: dict[str, Live] = {}
        self._ownerless: dict[str, dict[ResourceKey, Live]] = {}
        self._owned: dict[str, dict[ResourceKey, Live]] = {}
        self._by_instance: dict[str, dict[ResourceKey, Live]] = {}
        self._by_owner: dict[str, dict[ResourceKey, Live]] = {}
        self._by_node: dict[str, dict[ResourceKey, Live]] = {}
        self._turnover: dict[str, int] = {}
        self._partial: dict[ResourceKey, None] = {}
        self.lacks_more = False
        """Whether there are more objects, since this was last set to false, that are compared and not held whole."""
        self._unreadable: dict[ResourceKey, str] = {}
        self._wanted: dict[ResourceKey, frozenset[str]] = {}
        self._wants: dict[str, AbstractSet[ResourceKey]] = {}
        # The answer to an apply may come after the watch has told of the deletion that followed it.
        self._gone: dict[ResourceKey, str] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_kind.values()))

    @property
    def marks(self) -> Tracking:
        """How ownership is read."""
        return self._marks

    def get(self, key: ResourceKey) -> Live | None:
        """Return an object, None if there is none."""
        return self._by_kind.get(key.group_kind, _EMPTY).get(key)

    def tracked_by(self, instance: str) -> list[Live]:
        """Return the objects that carry an application instance's mark, copies included."""
        return list(self._by_instance.get(instance, _EMPTY).values())

    def children(self, uid: str) -> list[Live]:
        """Return the objects that name this uid as an owner."""
        return list(self._by_owner.get(uid, _EMPTY).values())

    def in_namespace(self, namespace: str) -> list[Live]:
        """Return the objects of a namespace; the empty one holds what is cluster-scoped."""
        return [*self.ownerless_in(namespace), *self._owned.get(namespace, _EMPTY).values()]

    def ownerless_in(self, namespace: str) -> list[Live]:
        """Return the objects of a namespace that name no owner."""
        return list(self._ownerless.get(namespace, _EMPTY).values())

    def turnover(self, namespace: str) -> int:
        """Return how often an ownerless object came to a namespace, left it, or got another mark."""
        return self._turnover.get(namespace, 0)

    def pods_on(self, node: str) -> list[Live]:
        """Return the pods that run on a node."""
        return list(self._by_node.get(node, _EMPTY).values())

    def of_kind(self, kind: GroupKind) -> list[Live]:
        """Return the objects of a kind."""
        return list(self._by_kind.get(kind, _EMPTY).values())

    def owners(self, key: ResourceKey) -> frozenset[ResourceKey]:
        """Return the keys of all owners of an object, and of theirs, as far as they are here; not its own."""
        found = self.get(key)
        return frozenset(owner.key for owner in self._ancestors(found) if owner.key != key) if found else frozenset()

    def root_instances(self, key: ResourceKey) -> frozenset[str]:
        """Return the application instances in whose trees an object is: by its own mark or one of its owners'."""
        found = self.get(key)
        return self._instances(found) if found else _NOBODY

    def is_wanted(self, key: ResourceKey) -> bool:
        """Return whether an instance wants an object under this key, whoever it belongs to."""
        return key in self._wanted

    def compared_kinds(self) -> frozenset[GroupKind]:
        """Return the kinds of the objects that instances compare; a scan, for when it is decided what is watched."""
        marked = (key.group_kind for keys in self._by_instance.values() for key in keys)
        return frozenset((*marked, *(key.group_kind for key in self._wanted)))

    def partial(self) -> tuple[ResourceKey, ...]:
        """Return the objects that an instance compares and that are not held whole."""
        return tuple(self._partial)

    def is_gone(self, key: ResourceKey, version: str) -> bool:
        """Return whether it was seen that an object of this version was deleted (or cannot be read)."""
        return key in self._unreadable or not is_older(self._gone.get(key, "0"), version)

    def doubt(self, key: ResourceKey) -> str | None:
        """Return why the state that is held of an object does not suffice to compare it, None if it does."""
        if key in self._unreadable:
            return f"{key} cannot be read: {self._unreadable[key]}"
        return f"{key} has not been read as a whole yet" if key in self._partial else None

    def want(self, instance: str, keys: AbstractSet[ResourceKey]) -> None:
        """Tell the instance of what happens to objects with these keys from now on, whoever they belong to."""
        before = self._wants.get(instance, _NOTHING)
        for key in before - keys:
            left = self._wanted[key] - {instance}
            if left:
                self._wanted[key] = left
            else:
                del self._wanted[key]
                self._note_partial(key)
        for key in keys - before:
            self._wanted[key] = self._wanted.get(key, _NOBODY) | {instance}
            self._note_partial(key)
        if keys:
            self._wants[instance] = keys
        else:
            self._wants.pop(instance, None)

    def wanting(self, kind: GroupKind) -> frozenset[str]:
        """Return the instances that compare objects of a kind; a scan, for when a watch breaks or heals."""
        wanted = (wants for key, wants in self._wanted.items() if key.group_kind == kind)
        return frozenset[str]().union(*wanted, (live.instance for live in self.of_kind(kind) if live.instance))

    def put(self, live: Live) -> None:
        """Take an object, unless a newer state of it, or more of the same, is held."""
        known = self.get(live.key)
        self._unreadable.pop(live.key, None)
        newest = known.resource_version if known is not None else self._gone.get(live.key, "")
        if known is live or (newest and is_older(live.resource_version, newest)) or _is_less(live, known):
            return
        before = self._instances(known) if known else _NOBODY
        if known is not None:
            self._unlink(known)
        self._link(live)
        self._note_turnover(live.key.namespace, known, live)
        self._tell(live.key, (known, live), before | self._instances(live))

    def remove(self, key: ResourceKey, *, uid: str = "", version: str = "") -> None:
        """Forget an object, unless the one that is held is its successor: another uid, and not older than `version`."""
        known = self.get(key)
        self._unreadable.pop(key, None)
        if known is None or (uid and known.uid != uid and not is_older(known.resource_version, version)):
            return
        before = self._instances(known)
        self._unlink(known)
        self._note_turnover(key.namespace, known, None)
        if version:
            self._gone[key] = version
            while len(self._gone) > _GONE_REMEMBERED:
                self._gone.pop(next(iter(self._gone)))
        self._tell(key, (known,), before)

    def quarantine(self, found: Unreadable) -> None:
        """Note that an object is there and cannot be read; what was held of it is kept, and doubted."""
        self._unreadable[found.key] = found.reason
        known = self.get(found.key)
        self._tell(found.key, (known,), self._instances(known) if known else _NOBODY)

    def retain(self, kind: GroupKind, namespace: str, kept: set[ResourceKey], version: str) -> None:
        """Forget the objects of a kind (in one namespace, or all) that a list of this version does not have."""
        for live in self.of_kind(kind):
            # What is newer than the list was written after it.
            gone = namespace in ("", live.key.namespace) and live.key not in kept
            if gone and not is_older(version, live.resource_version):
                self.remove(live.key)
        for key in [each for each in self._unreadable if each.group_kind == kind and each not in kept]:
            if namespace in ("", key.namespace):
                self.remove(key)

    def forget(self, kind: GroupKind, namespace: str) -> None:
        """Forget the objects of a kind (in one namespace, or all) that is no longer served or watched."""
        unreadable = [each for each in self._unreadable if each.group_kind == kind]
        for key in (*unreadable, *(live.key for live in self.of_kind(kind))):
            if namespace in ("", key.namespace):
                self.remove(key)

    def mark(self, marks: Tracking) -> None:
        """Read ownership anew, in another way."""
        self._marks = marks
        for kind in list(self._by_kind):
            for known in self.of_kind(kind):
                before = self._instances(known)
                self._unlink(known)
                again = lives.marked_anew(known, marks)
                self._link(again)
                self._note_turnover(again.key.namespace, known, again)
                self._tell(again.key, (known, again), before | self._instances(again))

    def _link(self, live: Live) -> None:
        self._by_uid[live.uid] = live
        for index, entry in self._entries(live):
            index.setdefault(entry, {})[live.key] = live
        self._note_partial(live.key)

    def _unlink(self, live: Live) -> None:
        if self._by_uid.get(live.uid) is live:
            del self._by_uid[live.uid]
        for index, entry in self._entries(live):
            _drop(index, entry, live.key)
        self._partial.pop(live.key, None)

    def _entries(self, live: Live) -> Iterator[tuple[dict[Any, dict[ResourceKey, Live]], object]]:
        """Yield the indexes in which an object is, and where."""
        yield self._by_kind, live.key.group_kind
        yield (self._owned if live.owners else self._ownerless), live.key.namespace
        if live.instance:
            yield self._by_instance, live.instance
        if live.node:
            yield self._by_node, live.node
        for owner in live.owners:
            yield self._by_owner, owner

    def _note_partial(self, key: ResourceKey) -> None:
        live = self.get(key)
        if live is not None and live.detail != "whole" and (live.tracked is not None or key in self._wanted):
            self._partial[key] = None
            self.lacks_more = True
        else:
            self._partial.pop(key, None)

    def _note_turnover(self, namespace: str, before: Live | None, after: Live | None) -> None:
        if _standing(before) != _standing(after):
            self._turnover[namespace] = self._turnover.get(namespace, 0) + 1

    def _instances(self, live: Live) -> frozenset[str]:
        if live.owners:
            return frozenset(each.instance for each in self._ancestors(live) if each.instance)
        if live.instance:
            return frozenset((live.instance,))
        named = map(self.get, owners.named_by(live.key))
        return _NOBODY.union(*(self._instances(owner) for owner in named if owner is not None))

    def _ancestors(self, live: Live) -> Iterator[Live]:
        """Yield an object, its owners and theirs, each once, whatever circles the references go in."""
        seen = {live.uid}
        waiting = [live]
        while waiting:
            each = waiting.pop()
            yield each
            for uid in each.owners:
                owner = self._by_uid.get(uid)
                if owner is not None and uid not in seen:
                    seen.add(uid)
                    waiting.append(owner)

    def _tell(self, key: ResourceKey, states: Iterable[Live | None], shown_by: frozenset[str]) -> None:
        marked = {each.instance for each in states if each is not None and each.instance}
        judged_by = self._wanted.get(key, _NOBODY) | marked
        if judged_by or shown_by:
            self._changed(Stirred(key, judged_by, shown_by))


def _standing(live: Live | None) -> str | None:
    """Return whose an ownerless object is, None if there is none."""
    return None if live is None or live.owners else live.instance


def _is_less(live: Live, known: Live | None) -> bool:
    """Return whether an object is the same state as the one that is held whole, and less of it."""
    if known is None or known.detail != "whole" or live.detail == "whole":
        return False
    return (live.uid, live.resource_version) == (known.uid, known.resource_version)


def _drop(index: dict[Any, dict[ResourceKey, Live]], entry: object, key: ResourceKey) -> None:
    """Take a key out of an index; an entry that is left empty goes too, so that the index does not grow for ever."""
    keys = index.get(entry)
    if keys is not None:
        keys.pop(key, None)
        if not keys:
            del index[entry]
