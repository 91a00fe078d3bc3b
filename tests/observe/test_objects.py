"""Live objects and their indexes: every answer is what a scan of the same objects would give."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app_controller.observe import live as lives
from app_controller.observe.objects import Objects
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tracking import Owner, Tracking

MARKS = Tracking()


def manifest(name, *, kind="Pod", namespace="shop", uid="", version="1", owners=(), mark="", labels=None):
    metadata = {"name": name, "namespace": namespace, "uid": uid or f"uid-{name}", "resourceVersion": version}
    if owners:
        metadata["ownerReferences"] = [{"kind": "X", "name": "x", "uid": f"uid-{owner}"} for owner in owners]
    if mark:
        of = mark if ":" in mark else f"{mark}:/{kind}:{namespace}/{name}"
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": of}
    if labels:
        metadata["labels"] = labels
    return orjson.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": {"name": name}})


def key(name, *, kind="Pod", namespace="shop"):
    return ResourceKey("", kind, namespace, name)


class Shop:
    def __init__(self):
        self.told = []
        self.objects = Objects(self.told.append, marks=MARKS)

    def put(self, name, **fields):
        self.objects.put(lives.read(manifest(name, **fields), self.objects.marks))

    def take_told(self):
        told, self.told[:] = list(self.told), []
        return [set(each.shown_by) for each in told]


@pytest.fixture
def shop():
    return Shop()


def names(found):
    return {each.key.name for each in found}


def test_an_object_keeps_its_bytes_and_the_fields_that_are_asked_about():
    raw = manifest("web", owners=["rs"], mark="shop", version="7")
    live = lives.read(raw, MARKS)
    assert live.encoded() == raw
    assert live.manifest() == orjson.loads(raw)
    assert (live.key, live.uid, live.resource_version, live.owners) == (key("web"), "uid-web", "7", ("uid-rs",))
    assert live.tracked == Owner("shop", own=True)


def test_a_copied_mark_is_not_its_own():
    live = lives.read(manifest("web", mark="shop:/Pod:shop/other"), MARKS)
    assert (live.instance, live.own) == ("shop", False)


def test_the_same_version_is_not_read_again():
    first = lives.read(manifest("web"), MARKS)
    assert lives.read(manifest("web"), MARKS, first) is first
    assert lives.read(manifest("web", version="2"), MARKS, first) is not first
    assert lives.read(manifest("web", uid="other"), MARKS, first) is not first


def test_children_are_in_the_tree_of_their_owners_application(shop):
    shop.put("pod", owners=["rs"])
    shop.put("rs", owners=["deploy"])
    assert shop.take_told() == []
    shop.put("deploy", mark="shop")
    assert shop.take_told() == [{"shop"}]
    assert shop.objects.root_instances(key("pod")) == {"shop"}
    assert shop.objects.owners(key("pod")) == {key("rs"), key("deploy")}
    assert names(shop.objects.children("uid-deploy")) == {"rs"}
    shop.put("pod", owners=["rs"], version="2")
    assert shop.take_told() == [{"shop"}]
    shop.objects.remove(key("pod"))
    assert shop.take_told() == [{"shop"}]


def test_both_the_old_and_the_new_application_hear_of_a_change_of_owner(shop):
    shop.put("web", mark="old")
    shop.take_told()
    shop.put("web", mark="new", version="2")
    assert shop.take_told() == [{"old", "new"}]
    assert names(shop.objects.tracked_by("new")) == {"web"}
    assert shop.objects.tracked_by("old") == []


def test_owners_in_a_circle_do_no_harm(shop):
    shop.put("a", owners=["b"])
    shop.put("b", owners=["a"], mark="shop")
    assert shop.objects.owners(key("a")) == {key("b")}
    assert shop.objects.root_instances(key("a")) == {"shop"}


def test_what_is_older_does_not_replace_what_is_newer(shop):
    shop.put("web", version="10", mark="new")
    shop.put("web", version="9", mark="old")
    assert shop.objects.get(key("web")).instance == "new"


def test_the_same_version_tells_nobody(shop):
    first = lives.read(manifest("web", mark="shop"), MARKS)
    shop.objects.put(first)
    shop.take_told()
    shop.objects.put(lives.read(manifest("web", mark="shop"), MARKS, shop.objects.get(first.key)))
    assert shop.take_told() == []


def test_the_end_of_a_predecessor_does_not_remove_its_successor(shop):
    shop.put("web", uid="new", version="10")
    shop.objects.remove(key("web"), uid="old", version="9")
    assert shop.objects.get(key("web")).uid == "new"
    shop.objects.remove(key("web"), uid="old", version="opaque")
    assert shop.objects.get(key("web")).uid == "new"
    shop.objects.remove(key("web"), uid="new", version="11")
    assert shop.objects.get(key("web")) is None


def test_a_list_removes_what_it_does_not_have_unless_that_is_newer(shop):
    for name, version in (("kept", "1"), ("gone", "2"), ("written after the list", "8")):
        shop.put(name, version=version)
    shop.put("elsewhere", namespace="other")
    shop.put("another kind", kind="Service")
    shop.objects.retain(GroupKind("", "Pod"), "shop", {key("kept")}, "5")
    assert names(shop.objects.of_kind(GroupKind("", "Pod"))) == {"kept", "written after the list", "elsewhere"}
    shop.objects.retain(GroupKind("", "Pod"), "", set(), "9")
    assert names(shop.objects.of_kind(GroupKind("", "Pod"))) == set()
    assert names(shop.objects.of_kind(GroupKind("", "Service"))) == {"another kind"}


def test_a_kind_can_be_forgotten_in_one_namespace(shop):
    shop.put("here")
    shop.put("there", namespace="other")
    shop.objects.forget(GroupKind("", "Pod"), "other")
    assert names(shop.objects.of_kind(GroupKind("", "Pod"))) == {"here"}


def test_ownership_can_be_read_in_another_way(shop):
    shop.put("web", mark="by-annotation", labels={"app.kubernetes.io/instance": "by-label"})
    shop.put("pod", owners=["web"])
    shop.take_told()
    shop.objects.mark(Tracking(method="label"))
    assert {"by-annotation", "by-label"} in shop.take_told()
    assert shop.objects.root_instances(key("pod")) == {"by-label"}


NAMES = some.sampled_from("abcde")
PUT = some.fixed_dictionaries(
    {
        "name": NAMES,
        "namespace": some.sampled_from(["one", "two"]),
        "kind": some.sampled_from(["Pod", "Job"]),
        "uid": some.sampled_from(["1", "2", "3", "4"]),
        "version": some.integers(1, 9).map(str),
        "owners": some.lists(some.sampled_from("1234"), max_size=2, unique=True),
        "mark": some.sampled_from(["", "x", "y", "x:/Pod:one/other"]),
    }
)


@given(some.lists(some.tuples(PUT, some.booleans()), max_size=30))
@settings(max_examples=200)
def test_the_indexes_say_what_a_scan_would(steps):
    shop = Shop()
    for fields, is_put in steps:
        if is_put:
            uid = f"uid-{fields['uid']}-{fields['namespace']}-{fields['kind']}-{fields['name']}"
            shop.put(**{**fields, "uid": uid})
        else:
            shop.objects.remove(key(fields["name"], kind=fields["kind"], namespace=fields["namespace"]))
    everything = list(shop.objects._objects.values())
    assert len(shop.objects) == len(everything)
    for namespace in ("one", "two", ""):
        assert shop.objects.in_namespace(namespace) == [e for e in everything if e.key.namespace == namespace]
    for instance in ("x", "y"):
        assert set(shop.objects.tracked_by(instance)) == {e for e in everything if e.instance == instance}
    for uid in (f"uid-{number}" for number in "1234"):
        assert set(shop.objects.children(uid)) == {e for e in everything if uid in e.owners}
    for kind in ("Pod", "Job"):
        assert set(shop.objects.of_kind(GroupKind("", kind))) == {e for e in everything if e.key.kind == kind}
    for index in ("_by_kind", "_by_namespace", "_by_instance", "_by_owner"):
        assert all(getattr(shop.objects, index).values()), "an empty entry is left behind"
    assert set(shop.objects._by_uid) == {e.uid for e in everything}


def test_an_answer_that_comes_after_the_deletion_brings_nothing_back(shop):
    shop.put("web", version="5")
    shop.objects.remove(key("web"), uid="uid-web", version="9")
    shop.put("web", version="7")
    assert shop.objects.get(key("web")) is None
    shop.put("web", version="11", uid="uid-another")
    assert shop.objects.get(key("web")).uid == "uid-another"


def test_a_change_concerns_who_compares_the_object_and_who_shows_it(shop):
    shop.put("deploy", mark="shop")
    shop.put("rs", owners=["deploy"])
    own, below = shop.told
    assert (own.key, own.judged_by, own.shown_by) == (key("deploy"), {"shop"}, {"shop"})
    assert (below.key, below.judged_by, below.shown_by) == (key("rs"), set(), {"shop"})


def test_who_wants_an_object_hears_of_it_whoever_it_belongs_to(shop):
    shop.objects.want("shop", {key("web"), key("other")})
    shop.put("web")
    shop.put("web", version="2", mark="somebody")
    shop.objects.remove(key("web"))
    assert [set(each.judged_by) for each in shop.told] == [{"shop"}, {"shop", "somebody"}, {"shop", "somebody"}]
    assert shop.objects.wanting(key("web").group_kind) == {"shop"}


def test_what_is_not_wanted_any_more_is_not_told(shop):
    shop.objects.want("shop", {key("web")})
    shop.objects.want("store", {key("web")})
    shop.objects.want("shop", {key("other")})
    shop.put("web")
    shop.objects.want("store", frozenset())
    shop.put("web", version="2")
    assert [set(each.judged_by) for each in shop.told] == [{"store"}]
