"""Manifest sets: by content, checked, and unreadable where they hold Secrets."""

import asyncio
import dataclasses
import secrets
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, MetaData, event, func, select, update

from argosy.gateways.store import sql
from argosy.gateways.store.changes import AppliedObject, RecordApplied, Sweep
from argosy.gateways.store.errors import Contradiction, NotRecorded, Unreadable
from argosy.gateways.store.keys import KeyRing
from argosy.gateways.store.sql import SqlStore
from argosy.gateways.store.tables import manifest_set_members, manifests
from tests.contract.store.databases import PostgreSQL
from tests.contract.store.samples import (
    CLUSTER,
    GUESTBOOK,
    KEYS,
    NOON,
    attempt,
    closing,
    config_map,
    deployment,
    later,
    new_id,
    opening,
    secret,
)

CANARY = "hunter2-canary-5b1f"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    # JSON has no lone surrogates; everything else, NUL included, must come back.
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda values: (
        st.lists(values, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=4)
    ),
    max_leaves=12,
)
MANIFESTS = st.builds(
    lambda kind, body: {"apiVersion": "v1", "kind": kind, **{f"x{key}": value for key, value in body.items()}},
    st.sampled_from(["Secret", "ConfigMap", "List"]),
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=4),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(MANIFESTS, max_size=5))
async def test_what_is_kept_comes_back_the_same(store: SqlStore, contents: list[dict[str, Any]]) -> None:
    digest = await store.manifest_sets.keep(contents, at=NOON)
    assert await store.manifest_sets.get(digest) == contents
    assert await store.manifest_sets.keep(contents, at=later()) == digest


async def test_the_order_is_part_of_a_set_and_that_of_fields_is_not(store: SqlStore) -> None:
    one, two = config_map("1"), config_map("2")
    first = await store.manifest_sets.keep([one, two], at=NOON)
    assert await store.manifest_sets.keep([two, one], at=NOON) != first
    turned = dict(reversed(one.items()))
    assert await store.manifest_sets.keep([turned, two], at=NOON) == first


async def test_equal_objects_of_different_sets_are_stored_once(store: SqlStore) -> None:
    for value in "abc":
        await store.manifest_sets.keep([secret("same"), config_map(value), secret("same")], at=NOON)
    assert await count(store, manifests) == 4


async def test_a_set_that_was_never_kept_is_not_recorded(store: SqlStore) -> None:
    with pytest.raises(NotRecorded):
        await store.manifest_sets.get("0" * 64)
    operation_id = new_id()
    with pytest.raises(Contradiction):
        await store.commit(opening(operation_id), attempt(operation_id, manifest_set="0" * 64), epoch=1)


async def test_a_digest_depends_on_the_key(tmp_path: Path, ring: KeyRing) -> None:
    digests = set()
    for number, naming in enumerate((ring.naming, secrets.token_bytes(32))):
        store = await sql.open_store(f"sqlite:///{tmp_path}/{number}.db", dataclasses.replace(ring, naming=naming))
        digests.add(await store.manifest_sets.keep([secret("guess me")], at=NOON))
        await store.close()
    assert len(digests) == 2


async def test_a_changed_body_is_noticed(store: SqlStore) -> None:
    digest = await store.manifest_sets.keep([config_map("right")], at=NOON)
    await store.manifest_sets.keep([config_map("wrong")], at=NOON)
    wrong = select(manifests.c.body).order_by(manifests.c.id.desc()).limit(1).scalar_subquery()
    await change(store, lambda connection: connection.execute(update(manifests).values(body=wrong)))
    with pytest.raises(Unreadable, match="is not what was stored"):
        await store.manifest_sets.get(digest)


async def test_a_damaged_body_is_noticed(store: SqlStore) -> None:
    digest = await store.manifest_sets.keep([config_map("right"), secret("x")], at=NOON)
    await change(store, lambda connection: connection.execute(update(manifests).values(body=b"damaged")))
    with pytest.raises(Unreadable):
        await store.manifest_sets.get(digest)


async def test_a_member_taken_out_of_a_set_is_noticed(store: SqlStore) -> None:
    digest = await store.manifest_sets.keep([config_map("1"), config_map("2")], at=NOON)
    last = manifest_set_members.delete().where(manifest_set_members.c.position == 1)
    await change(store, lambda connection: connection.execute(last))
    with pytest.raises(Unreadable):
        await store.manifest_sets.get(digest)


async def write_canary_everywhere(store: SqlStore) -> str:
    """Put the canary into everything that may hold a Secret's value; return the set's digest."""
    digest = await store.manifest_sets.keep([secret(CANARY), config_map("x")], at=NOON)
    operation_id = new_id()
    request = {"sync": {"manifests": [str(secret(CANARY))], "source": {"helm": {"values": CANARY}}}}
    begun = dataclasses.replace(attempt(operation_id, manifest_set=digest), plan={"objects": [secret(CANARY)]})
    entry = dataclasses.replace(deployment(0, operation_id, manifest_set=digest), entry={"source": {"x": CANARY}})
    applied = RecordApplied(GUESTBOOK, CLUSTER, (AppliedObject(KEYS[0], "u", secret(CANARY)),), operation_id, NOON)
    await store.commit(opening(operation_id, request=request), begun, applied, closing(operation_id), entry, epoch=1)
    return digest


async def test_no_value_of_a_secret_is_in_the_files(tmp_path: Path, ring: KeyRing) -> None:
    store = await sql.open_store(f"sqlite:///{tmp_path}/store.db", ring)
    digest = await write_canary_everywhere(store)
    while_open = content_of(tmp_path)
    assert await store.manifest_sets.get(digest) == [secret(CANARY), config_map("x")]
    await store.close()
    for content in (while_open, content_of(tmp_path)):
        assert digest.encode() in content
        assert CANARY.encode() not in content


def content_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_no_value_of_a_secret_is_in_any_row(store: SqlStore) -> None:
    digest = await write_canary_everywhere(store)
    rows = await change(store, every_value)
    assert digest.encode() in rows
    assert CANARY.encode() not in rows


def every_value(connection: Connection) -> bytes:
    metadata = MetaData()
    metadata.reflect(connection)
    values = b""
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            values += b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
    return values


async def test_an_old_key_opens_until_everything_is_resealed(shared_database: str, ring: KeyRing) -> None:
    url = shared_database
    old = await sql.open_store(url, ring)
    digest = await write_canary_everywhere(old)
    many = [secret(str(number)) for number in range(450)]
    many_digest = await old.manifest_sets.keep(many, at=NOON)
    await old.close()
    fresh = secrets.token_bytes(32)

    both = await sql.open_store(url, dataclasses.replace(ring, sealing=(fresh, *ring.sealing)))
    assert await both.manifest_sets.get(digest) == [secret(CANARY), config_map("x")]
    assert await both.reseal() == 450 + 4
    assert await both.reseal() == 0
    await both.close()

    new = await sql.open_store(url, dataclasses.replace(ring, sealing=(fresh,)))
    assert await new.manifest_sets.get(many_digest) == many
    assert (await new.history.latest(GUESTBOOK, application_uid="uid-1", limit=1))[0].entry["source"]["x"] == CANARY
    assert (await new.operations.latest(GUESTBOOK, limit=1))[0].request["sync"]["source"]["helm"]["values"] == CANARY
    await new.close()

    without = await sql.open_store(url, ring)
    with pytest.raises(Unreadable, match="key file"):
        await without.manifest_sets.get(digest)
    await without.close()


async def test_sweeping_keeps_what_something_refers_to(store: SqlStore) -> None:
    deployed, abandoned, recent = [await store.manifest_sets.keep([config_map(v)], at=NOON) for v in "abc"]
    failed = await store.manifest_sets.keep([config_map("d")], at=NOON)
    good, bad = new_id(), new_id()
    await store.commit(opening(good), attempt(good, manifest_set=deployed), closing(good), epoch=1)
    forgotten = await store.manifest_sets.keep([config_map("e")], at=NOON)  # of an operation of a lost database
    await store.commit(deployment(0, good, manifest_set=deployed), epoch=1)
    await store.commit(deployment(1, new_id(), manifest_set=forgotten), epoch=1)
    await store.commit(opening(bad), attempt(bad, manifest_set=failed), closing(bad, "Failed"), epoch=1)
    applied = AppliedObject(KEYS[0], "u", config_map("live"))
    await store.commit(RecordApplied(GUESTBOOK, CLUSTER, (applied,), good, NOON), epoch=1)
    await store.manifest_sets.keep([config_map("c")], at=later(60))

    await store.commit(Sweep(later(4)), epoch=1)  # both operations ended at minute 5
    assert await store.manifest_sets.get(failed) == [config_map("d")]

    await store.commit(Sweep(later(30)), epoch=1)
    assert await store.manifest_sets.get(deployed) == [config_map("a")]
    assert await store.manifest_sets.get(forgotten) == [config_map("e")]
    assert await store.manifest_sets.get(recent) == [config_map("c")]
    assert await store.inventory.last_applied(GUESTBOOK, CLUSTER) == {KEYS[0]: config_map("live")}
    for digest in (abandoned, failed):
        with pytest.raises(NotRecorded):
            await store.manifest_sets.get(digest)
    assert [each.id for each in await store.operations.latest(GUESTBOOK, limit=9)] == [good]
    assert await store.operations.attempts(bad) == []
    assert await store.operations.steps(bad, attempt=0) == []
    assert await count(store, manifests) == 4


async def test_sweeping_leaves_open_operations_alone(store: SqlStore) -> None:
    operation_id = new_id()
    digest = await store.manifest_sets.keep([config_map("a")], at=NOON)
    await store.commit(opening(operation_id), attempt(operation_id, manifest_set=digest), epoch=1)
    await store.commit(Sweep(later(9999)), epoch=1)
    assert await store.operations.running(GUESTBOOK) is not None
    assert await store.manifest_sets.get(digest) == [config_map("a")]


async def change(store: SqlStore, work: Any) -> Any:
    """Do with the database what somebody with access to it can do."""
    return await store._database.write(work)


async def count(store: SqlStore, table: Any) -> int:
    return await store._database.read(lambda connection: connection.scalar(select(func.count()).select_from(table)))


@pytest.mark.postgresql
async def test_a_sweep_waits_for_what_is_being_kept(postgresql: PostgreSQL, ring: KeyRing) -> None:
    url = postgresql.create_database()
    keeper, sweeper = await sql.open_store(url, ring), await sql.open_store(url, ring)
    await keeper.fence(1)
    await keeper.manifest_sets.keep([config_map("a")], at=NOON)
    found, go_on = threading.Event(), threading.Event()

    def pause(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO inventory"):
            found.set()
            assert go_on.wait(30)

    event.listen(keeper._database.engine, "before_cursor_execute", pause)
    applied = AppliedObject(KEYS[0], "u", config_map("a"))
    recording = asyncio.create_task(
        keeper.commit(RecordApplied(GUESTBOOK, CLUSTER, (applied,), "", NOON), epoch=1),
    )
    assert await asyncio.to_thread(found.wait, 30)
    sweeping = asyncio.create_task(sweeper.commit(Sweep(later()), epoch=1))
    while not (sweeping.done() or await asyncio.to_thread(postgresql.is_anybody_waiting)):
        pass
    go_on.set()
    await asyncio.gather(recording, sweeping)
    assert await keeper.inventory.last_applied(GUESTBOOK, CLUSTER) == {KEYS[0]: config_map("a")}
    await keeper.close()
    await sweeper.close()
