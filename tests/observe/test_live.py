"""What is kept of a live object: the fields that are asked about, and as much of the rest as may be needed."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from app_controller.observe import live as lives
from app_controller.observe.detail import BARE, kept_of
from app_controller.observe.live import Live, Reader, Unreadable
from app_controller.observe.packing import PLAIN, Packer
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tracking import Owner, Tracking
from argosy.gateways.kubernetes.port import ApiResource

PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=frozenset())
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=frozenset())
MARK = "argocd.argoproj.io/tracking-id"


class Shelf:
    """Holds and wants what a test says."""

    def __init__(self):
        self.marks = Tracking()
        self.held = {}
        self.wanted = set()

    def get(self, key):
        return self.held.get(key)

    def is_wanted(self, key):
        return key in self.wanted


@pytest.fixture
def shelf():
    return Shelf()


def manifest(name="web", *, version="7", kind="Pod", mark="", **more):
    annotations = {MARK: mark if ":" in mark else f"{mark}:/{kind}:shop/{name}"} if mark else {}
    metadata = {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "resourceVersion": version,
        "annotations": annotations,
        "ownerReferences": [{"kind": "X", "name": "x", "uid": "uid-x"}],
        "managedFields": [{"manager": "somebody"}],
    }
    return orjson.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata, **more})


def test_an_object_has_the_fields_that_are_asked_about(shelf):
    live = Reader(PODS, shelf).read(manifest(mark="shop", spec={"nodeName": "n1"}))
    assert live.key == ResourceKey("", "Pod", "shop", "web")
    assert (live.api_version, live.uid, live.resource_version) == ("v1", "uid-web", "7")
    assert (live.owners, live.node, live.hook) == (("uid-x",), "n1", False)
    assert (live.tracked, live.instance, live.own) == (Owner("shop", own=True), "shop", True)


def test_a_copied_mark_is_not_its_own(shelf):
    live = Reader(PODS, shelf).read(manifest(mark="shop:/Pod:shop/other"))
    assert (live.instance, live.own) == ("shop", False)


def test_an_object_with_a_mark_is_kept_as_it_is(shelf):
    raw = manifest(mark="shop", spec={"a": 1})
    live = Reader(PODS, shelf).read(raw)
    assert (live.detail, live.encoded(), live.manifest()) == ("whole", raw, orjson.loads(raw))


def test_an_object_that_is_wanted_is_kept_as_it_is(shelf):
    raw = manifest(kind="Secret", data={"a": "b"})
    shelf.wanted.add(ResourceKey("", "Secret", "shop", "web"))
    assert Reader(SECRETS, shelf).read(raw).encoded() == raw


def test_of_an_object_that_nobody_compares_the_managed_fields_are_left_out(shelf):
    live = Reader(PODS, shelf).read(manifest(spec={"a": 1}, status={"b": [2]}))
    expected = orjson.loads(manifest(spec={"a": 1}, status={"b": [2]}))
    del expected["metadata"]["managedFields"]
    assert (live.detail, live.manifest()) == ("lean", expected)


def test_of_a_kind_that_no_rule_reads_the_metadata_is_kept_alone(shelf):
    live = Reader(SECRETS, shelf).read(manifest(kind="Secret", data={"a": "secret"}, type="Opaque"))
    assert live.detail == "bare"
    assert live.manifest().keys() == {"apiVersion", "kind", "metadata"}
    assert "managedFields" not in live.manifest()["metadata"]


def test_what_came_as_metadata_is_never_taken_for_the_whole(shelf):
    assert Reader(SECRETS, shelf).read(manifest(kind="Secret", mark="shop"), "metadata").detail == "bare"


@pytest.mark.parametrize("kind", ["Pod", "ReplicaSet", "Job", "Service", "Ingress", "Node", "PersistentVolumeClaim"])
def test_kinds_of_which_the_tree_the_health_or_the_hosts_read_more_are_not_cut_down(kind):
    for group in ("", "apps", "batch", "networking.k8s.io"):
        assert kept_of(GroupKind(group, kind)) == "lean"


def test_every_kind_that_is_cut_down_has_a_reason():
    assert all(BARE.values())
    assert kept_of(GroupKind("example.com", "Secret")) == "lean"


def test_the_same_state_is_not_read_again(shelf):
    reader = Reader(PODS, shelf)
    first = reader.read(manifest())
    shelf.held[first.key] = first
    assert reader.read(manifest()) is first
    assert reader.read(manifest(version="8")) is not first


def test_the_same_state_is_read_again_if_more_of_it_is_wanted_now(shelf):
    reader = Reader(PODS, shelf)
    first = reader.read(manifest())
    shelf.held[first.key] = first
    shelf.wanted.add(first.key)
    second = reader.read(manifest())
    assert (first.detail, second.detail) == ("lean", "whole")
    shelf.held[first.key] = second
    shelf.wanted.clear()
    assert reader.read(manifest()) is second


def test_ownership_can_be_read_in_another_way(shelf):
    live = Reader(PODS, shelf).read(manifest(mark="shop"))
    again = lives.marked_anew(live, Tracking(method="label"))
    assert (again.tracked, again.encoded()) == (None, live.encoded())


@pytest.mark.parametrize(
    "metadata", [{"labels": {"a": 5}}, {"annotations": []}, {"ownerReferences": "nobody"}, {"uid": 3}]
)
def test_an_object_that_kubernetes_would_not_write_is_told_by_name(shelf, metadata):
    raw = {"metadata": {"name": "web", "namespace": "shop", "resourceVersion": "7", **metadata}}
    found = Reader(PODS, shelf).read(orjson.dumps(raw))
    assert isinstance(found, Unreadable)
    assert (found.key, found.resource_version) == (ResourceKey("", "Pod", "shop", "web"), "7")
    assert found.reason


def test_a_status_of_the_wrong_shape_is_no_reason_not_to_hold_the_object(shelf):
    raw = {"metadata": {"name": "web", "resourceVersion": "7"}, "spec": "none", "status": [1]}
    live = Reader(PODS, shelf).read(orjson.dumps(raw))
    assert isinstance(live, Live)
    assert live.manifest()["status"] == [1]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"metadata": {}}', b'{"metadata": 5}', b'{"metadata": {"name": "a"']
)
def test_what_is_no_object_is_refused(shelf, raw):
    with pytest.raises(lives.msgspec.DecodeError):
        Reader(PODS, shelf).read(raw)


def test_objects_keep_their_bytes_while_the_reader_learns_what_they_have_in_common(shelf):
    reader = Reader(PODS, shelf)
    raws = [manifest(f"pod-{number}", mark="shop", spec={"nodeName": f"n{number % 3}"}) for number in range(200)]
    found = [reader.read(raw) for raw in raws]
    assert [each.encoded() for each in found] == raws
    assert len(found[-1]._packed) < len(found[0]._packed) / 2


@given(some.lists(some.binary(max_size=5000), max_size=10), some.binary(max_size=40000))
def test_what_was_packed_is_unpacked_whatever_was_learnt(examples, plain):
    packer = Packer(examples)
    assert packer.unpack(packer.pack(plain)) == plain
    assert PLAIN.unpack(PLAIN.pack(plain)) == plain
