"""The private index of applications and projects, from which lists are filtered and permitted.

Comes in: objects, from `watching` and from commands that have just written one. Goes out: records, and an event for
each change. SQLite in memory, rebuilt at start; older news than what is held changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    create_engine,
    delete,
    exists,
    insert,
    select,
)
from sqlalchemy.pool import StaticPool

from api_server.feed import Added, Event, Modified, Removed
from api_server.records import Place, Record, record_of
from api_server.selectors import Absent, Exists, In, NotIn, Requirement
from argosy.engine.settings import urls

_META = MetaData()
_OBJECTS = Table(
    "objects",
    _META,
    Column("namespace", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("uid", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("project", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
_LABELS = Table(
    "labels",
    _META,
    Column("namespace", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
_REPOSITORIES = Table(
    "repositories",
    _META,
    Column("namespace", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("url", String, primary_key=True, index=True),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects: those that meet everything that is given; `None` and empty fields ask for nothing."""

    projects: tuple[str, ...] | None = None
    namespace: str = ""
    name: str = ""
    repository: str = ""
    selector: tuple[Requirement, ...] = ()


class Index:
    """The objects of one kind; `tell` is called with every change, after it was made."""

    def __init__(self, kind: str, tell: Callable[[Event], None]) -> None:
        self._kind = kind
        self._tell = tell
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        _META.create_all(self._engine)
        # An object that is gone cannot come back: late news of it is not believed.
        self._gone: dict[str, None] = {}
        self._latest = 0

    def put(self, manifest: bytes) -> None:
        """Take an object, unless a newer state of it is held. Raises `ValueError` if it is none."""
        self.keep(record_of(manifest, kind=self._kind))

    def keep(self, record: Record) -> None:
        """Take a record, unless a newer one is held."""
        if record.uid in self._gone:
            return
        with self._engine.begin() as connection:
            held = _held(connection, record.place)
            if held is not None and held.uid == record.uid and held.version >= record.version:
                return
            _forget(connection, record.place)
            _enter(connection, record)
        self._latest = max(self._latest, record.version)
        known = held is not None and held.uid == record.uid
        self._tell(Modified(record) if known else Added(record))

    def drop(self, record: Record) -> None:
        """Forget an object that is gone; `record` is its last state. Another of the same name stays."""
        self._remember_gone(record.uid)
        with self._engine.begin() as connection:
            held = _held(connection, record.place)
            if held is None or held.uid != record.uid:
                return
            _forget(connection, record.place)
        # One more than anything seen: whoever resumes from what was listed before is told.
        self._tell(Removed(record, at=max(self._latest, record.version) + 1))

    def replace(self, manifests: Sequence[bytes], version: int) -> list[str]:
        """Take the whole list as of a resource version: what is held, not newer and not in it, is gone.

        Returns what is wrong with those that were left out.
        """
        records: dict[Place, Record] = {}
        wrong: list[str] = []
        for manifest in manifests:
            try:
                record = record_of(manifest, kind=self._kind)
            except ValueError as error:
                wrong.append(str(error))
            else:
                records[record.place] = record
        for held in self.find(Wanted()):
            if held.place not in records and held.version <= version:
                self.drop(held)
        for record in sorted(records.values(), key=lambda each: each.version):
            self.keep(record)
        self._latest = max(self._latest, version)
        return wrong

    def find(self, wanted: Wanted) -> list[Record]:
        """Return the records that are wanted, by namespace and name."""
        chosen = select(_OBJECTS.c.body).order_by(_OBJECTS.c.namespace, _OBJECTS.c.name)
        with self._engine.connect() as connection:
            rows = connection.execute(chosen.where(*_conditions(wanted)))
            return [record_of(row.body, kind=self._kind) for row in rows]

    def bodies(self, wanted: Wanted) -> list[bytes]:
        """Return the JSON of those that are wanted, by namespace and name."""
        chosen = select(_OBJECTS.c.body).order_by(_OBJECTS.c.namespace, _OBJECTS.c.name)
        with self._engine.connect() as connection:
            return list(connection.execute(chosen.where(*_conditions(wanted))).scalars())

    def get(self, place: Place) -> Record | None:
        """Return one record, None if it is not held."""
        with self._engine.connect() as connection:
            body = connection.execute(select(_OBJECTS.c.body).where(_is_at(place))).scalar_one_or_none()
        return None if body is None else record_of(body, kind=self._kind)

    def projects(self) -> list[str]:
        """Return the projects that are named, each once."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(_OBJECTS.c.project).distinct()).scalars())

    def close(self) -> None:
        """Free the memory."""
        self._engine.dispose()

    def _remember_gone(self, uid: str) -> None:
        if uid:
            self._gone[uid] = None
            while len(self._gone) > _MOST_GONE:
                del self._gone[next(iter(self._gone))]


_MOST_GONE = 10_000


def _is_at(place: Place) -> ColumnElement[bool]:
    return (_OBJECTS.c.namespace == place.namespace) & (_OBJECTS.c.name == place.name)


def _held(connection: Connection, place: Place) -> Row[Any, Any] | None:
    """Return uid and version of the object that is held there."""
    return connection.execute(select(_OBJECTS.c.uid, _OBJECTS.c.version).where(_is_at(place))).one_or_none()


def _forget(connection: Connection, place: Place) -> None:
    for table in (_OBJECTS, _LABELS, _REPOSITORIES):
        connection.execute(delete(table).where(table.c.namespace == place.namespace, table.c.name == place.name))


def _enter(connection: Connection, record: Record) -> None:
    key = {"namespace": record.place.namespace, "name": record.place.name}
    row = {"uid": record.uid, "version": record.version, "project": record.project, "body": record.body}
    connection.execute(insert(_OBJECTS), key | row)
    labels = [key | {"key": name, "value": value} for name, value in record.labels.items()]
    repositories = [key | {"url": url} for url in record.repositories]
    if labels:
        connection.execute(insert(_LABELS), labels)
    if repositories:
        connection.execute(insert(_REPOSITORIES), repositories)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_required(each) for each in wanted.selector]
    if wanted.projects is not None:
        found.append(_OBJECTS.c.project.in_(wanted.projects))
    if wanted.namespace:
        found.append(_OBJECTS.c.namespace == wanted.namespace)
    if wanted.name:
        found.append(_OBJECTS.c.name == wanted.name)
    if wanted.repository:
        found.append(_beside(_REPOSITORIES, _REPOSITORIES.c.url == urls.normalised(wanted.repository)))
    return found


def _required(requirement: Requirement) -> ColumnElement[bool]:
    match requirement:
        case In(key, values):
            return _beside(_LABELS, (_LABELS.c.key == key) & _LABELS.c.value.in_(values))
        case NotIn(key, values):
            return ~_beside(_LABELS, (_LABELS.c.key == key) & _LABELS.c.value.in_(values))
        case Exists(key):
            return _beside(_LABELS, _LABELS.c.key == key)
        case Absent(key):
            return ~_beside(_LABELS, _LABELS.c.key == key)


def _beside(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether the object has a row that meets the condition in a table beside its own."""
    same = (table.c.namespace == _OBJECTS.c.namespace) & (table.c.name == _OBJECTS.c.name)
    return exists().where(same, condition)
