"""Inventory: one owner per object, and what was last applied to it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.store.changes import (
    ApplicationRef,
    AppliedObject,
    ClaimedObject,
    ClaimObjects,
    ForgetApplication,
    ForgetObjects,
    Origin,
    RecordApplied,
)
from argosy.gateways.store.records import InventoryEntry
from argosy.gateways.store.sql import SqlStore
from tests.contract.store.samples import CLUSTER, GUESTBOOK, KEYS, NOON, SHOP, config_map, later, secret

OPERATION = "0" * 32


def claim(application: ApplicationRef, *keys: ResourceKey, origin: Origin = "applied") -> ClaimObjects:
    return ClaimObjects(application, CLUSTER, tuple(map(ClaimedObject, keys)), origin, NOON, OPERATION)


def applied(application: ApplicationRef, key: ResourceKey, *, uid: str = "u-1", value: str = "x") -> RecordApplied:
    return RecordApplied(application, CLUSTER, (AppliedObject(key, uid, config_map(value)),), OPERATION, later())


async def test_an_object_that_is_about_to_be_applied_has_an_entry(store: SqlStore) -> None:
    await store.commit(claim(GUESTBOOK, KEYS[1]), epoch=1)
    assert await store.inventory.owned_by(GUESTBOOK) == [
        InventoryEntry(GUESTBOOK, CLUSTER, KEYS[1], "", "applied", OPERATION, NOON)
    ]
    assert await store.inventory.last_applied(GUESTBOOK, CLUSTER) == {}


async def test_an_applied_object_has_its_uid_and_manifest(store: SqlStore) -> None:
    await store.commit(claim(GUESTBOOK, KEYS[0]), epoch=1)
    await store.commit(applied(GUESTBOOK, KEYS[0]), epoch=1)
    assert await store.inventory.owned_by(GUESTBOOK) == [
        InventoryEntry(GUESTBOOK, CLUSTER, KEYS[0], "u-1", "applied", OPERATION, later())
    ]
    assert await store.inventory.last_applied(GUESTBOOK, CLUSTER) == {KEYS[0]: config_map("x")}


async def test_the_receipt_is_that_of_the_last_apply(store: SqlStore) -> None:
    async def receipts() -> list[str]:
        return [entry.receipt for entry in await store.inventory.owned_by(GUESTBOOK)]

    await store.commit(claim(GUESTBOOK, KEYS[0], origin="adopted"), epoch=1)
    assert await receipts() == [""]
    for receipt in ("one", "two", ""):
        applied = AppliedObject(KEYS[0], "u", config_map("x"), receipt)
        await store.commit(RecordApplied(GUESTBOOK, CLUSTER, (applied,), OPERATION, NOON), epoch=1)
        assert await receipts() == [receipt]
    await store.commit(claim(SHOP, KEYS[0]), epoch=1)
    assert await receipts() == [""]


async def test_an_unknown_uid_does_not_wipe_out_a_known_one(store: SqlStore) -> None:
    await store.commit(applied(GUESTBOOK, KEYS[0]), applied(GUESTBOOK, KEYS[0], uid=""), epoch=1)
    assert (await store.inventory.owned_by(GUESTBOOK))[0].uid == "u-1"


async def test_what_was_adopted_is_marked_until_it_is_applied(store: SqlStore) -> None:
    await store.commit(claim(GUESTBOOK, KEYS[0], origin="adopted"), epoch=1)
    await store.commit(claim(GUESTBOOK, KEYS[0]), epoch=1)
    assert (await store.inventory.owned_by(GUESTBOOK))[0].origin == "adopted"
    await store.commit(applied(GUESTBOOK, KEYS[0]), epoch=1)
    assert (await store.inventory.owned_by(GUESTBOOK))[0].origin == "applied"


async def test_adopting_takes_nothing_from_another_application(store: SqlStore) -> None:
    await store.commit(applied(SHOP, KEYS[0]), claim(GUESTBOOK, *KEYS, origin="adopted"), epoch=1)
    assert await store.inventory.owners_of(CLUSTER, KEYS) == {KEYS[0]: SHOP, KEYS[1]: GUESTBOOK, KEYS[2]: GUESTBOOK}


async def test_who_applied_last_owns_the_object(store: SqlStore) -> None:
    await store.commit(applied(SHOP, KEYS[0]), applied(GUESTBOOK, KEYS[0], value="y"), epoch=1)
    assert await store.inventory.owned_by(SHOP) == []
    assert await store.inventory.last_applied(SHOP, CLUSTER) == {}
    assert await store.inventory.last_applied(GUESTBOOK, CLUSTER) == {KEYS[0]: config_map("y")}


async def test_the_same_object_of_another_cluster_is_another_object(store: SqlStore) -> None:
    other = ClaimObjects(SHOP, "https://other", (ClaimedObject(KEYS[0]),), "applied", NOON)
    await store.commit(claim(GUESTBOOK, KEYS[0]), other, epoch=1)
    assert await store.inventory.owners_of(CLUSTER, KEYS) == {KEYS[0]: GUESTBOOK}
    assert await store.inventory.owners_of("https://other", KEYS) == {KEYS[0]: SHOP}


async def test_the_same_name_in_another_control_namespace_is_another_application(store: SqlStore) -> None:
    await store.commit(claim(GUESTBOOK, KEYS[0]), epoch=1)
    assert await store.inventory.owned_by(ApplicationRef("other", GUESTBOOK.instance)) == []


async def test_only_the_owner_can_forget(store: SqlStore) -> None:
    await store.commit(claim(GUESTBOOK, *KEYS), ForgetObjects(SHOP, CLUSTER, KEYS), ForgetApplication(SHOP), epoch=1)
    assert len(await store.inventory.owned_by(GUESTBOOK)) == 3
    await store.commit(ForgetObjects(GUESTBOOK, CLUSTER, KEYS[:1]), epoch=1)
    assert [each.key for each in await store.inventory.owned_by(GUESTBOOK)] == [KEYS[1], KEYS[2]]
    await store.commit(ForgetApplication(GUESTBOOK), epoch=1)
    assert await store.inventory.owned_by(GUESTBOOK) == []


async def test_nothing_is_written_for_no_objects(store: SqlStore) -> None:
    await store.commit(
        claim(GUESTBOOK),
        RecordApplied(GUESTBOOK, CLUSTER, (), OPERATION, NOON),
        ForgetObjects(GUESTBOOK, CLUSTER, ()),
        epoch=1,
    )
    assert await store.inventory.owned_by(GUESTBOOK) == []


async def test_thousands_of_objects_fit_in_one_commit(store: SqlStore) -> None:
    keys = [ResourceKey("", "ConfigMap", "web", f"{number:04}") for number in range(2500)]
    objects = tuple(AppliedObject(key, key.name, config_map(key.name, key.name)) for key in keys)
    await store.commit(RecordApplied(GUESTBOOK, CLUSTER, objects, OPERATION, NOON), epoch=1)
    assert [each.key for each in await store.inventory.owned_by(GUESTBOOK)] == keys
    assert await store.inventory.owners_of(CLUSTER, keys) == dict.fromkeys(keys, GUESTBOOK)
    last = await store.inventory.last_applied(GUESTBOOK, CLUSTER)
    assert last == {key: config_map(key.name, key.name) for key in keys}


async def test_a_secret_that_was_applied_is_read_back(store: SqlStore) -> None:
    key = ResourceKey("", "Secret", "web", "password")
    change = RecordApplied(GUESTBOOK, CLUSTER, (AppliedObject(key, "u", secret("hunter2")),), OPERATION, NOON)
    await store.commit(change, epoch=1)
    assert await store.inventory.last_applied(GUESTBOOK, CLUSTER) == {key: secret("hunter2")}


@dataclass
class Model:
    """What the inventory should be: per key, owner, origin, uid and the value last applied."""

    entries: dict[ResourceKey, list[Any]] = field(default_factory=dict)

    def carry_out(self, change: Any) -> None:
        match change:
            case ClaimObjects():
                for each in change.objects:
                    self.entries.setdefault(each.key, [change.application, change.origin, each.uid, None])
            case RecordApplied():
                for each in change.objects:
                    before = self.entries.get(each.key, [None, None, "", None])
                    self.entries[each.key] = [change.application, "applied", each.uid or before[2], each.manifest]
            case ForgetObjects():
                self.entries = {
                    key: entry
                    for key, entry in self.entries.items()
                    if key not in change.keys or entry[0] != change.application
                }
            case _:
                self.entries = {key: entry for key, entry in self.entries.items() if entry[0] != change.application}


APPLICATIONS = st.sampled_from([GUESTBOOK, SHOP])
SOME_KEYS = st.lists(st.sampled_from(KEYS), unique=True)
UIDS = st.sampled_from(["", "u-1", "u-2"])


@st.composite
def changes(draw: st.DrawFn) -> Any:
    application, keys = draw(APPLICATIONS), draw(SOME_KEYS)
    match draw(st.sampled_from(["claim", "record", "forget", "forget all"])):
        case "claim":
            objects = tuple(ClaimedObject(key, draw(UIDS)) for key in keys)
            return ClaimObjects(application, CLUSTER, objects, draw(st.sampled_from(["applied", "adopted"])), NOON)
        case "record":
            contents = st.sampled_from([config_map("x"), config_map("y"), secret("z")])
            made = tuple(AppliedObject(key, draw(UIDS), draw(contents)) for key in keys)
            return RecordApplied(application, CLUSTER, made, OPERATION, NOON)
        case "forget":
            return ForgetObjects(application, CLUSTER, tuple(keys))
        case _:
            return ForgetApplication(application)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(changes(), max_size=12))
async def test_whatever_happens_each_object_has_one_owner(store: SqlStore, sequence: list[Any]) -> None:
    world = uuid4().hex  # each example has applications and a cluster of its own
    model = Model()
    for change in sequence:
        model.carry_out(change)
        application = change.application._replace(control_namespace=world)
        fields = {name: getattr(change, name) for name in type(change).__dataclass_fields__}
        fields |= {"application": application} | ({"cluster": world} if "cluster" in fields else {})
        await store.commit(type(change)(**fields), epoch=1)
    found = {}
    for name in (GUESTBOOK, SHOP):
        application = name._replace(control_namespace=world)
        manifests = await store.inventory.last_applied(application, world)
        for entry in await store.inventory.owned_by(application):
            assert entry.key not in found
            found[entry.key] = [name, entry.origin, entry.uid, manifests.get(entry.key)]
    assert found == model.entries
    owners = await store.inventory.owners_of(world, KEYS)
    assert {key: owner.instance for key, owner in owners.items()} == {k: e[0].instance for k, e in found.items()}
