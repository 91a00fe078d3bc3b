"""Live objects and their indexes: every answer is what a scan of the same objects would give."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app_controller.observe.live import Reader
from app_controller.observe.objects import Objects
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tracking import Tracking
from argosy.gateways.kubernetes.port import ApiResource

MARKS = Tracking()


def manifest(name, *, kind="Pod", namespace="shop", uid="", version="1", owners=(), mark="", labels=None, node=""):
    metadata = {"name": name, "namespace": namespace, "uid": uid or f"uid-{name}", "resourceVersion": version}
    if owners:
        metadata["ownerReferences"] = [{"kind": "X", "name": "x", "uid": f"uid-{owner}"} for owner in owners]
    if mark:
        of = mark if ":" in mark else f"{mark}:/{kind}:{namespace}/{name}"
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": of}
    if labels:
        metadata["labels"] = labels
    return orjson.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": {"nodeName": node}})


def key(name, *, kind="Pod", namespace="shop"):
    return ResourceKey("", kind, namespace, name)


class Shop:
    def __init__(self):
        self.told = []
        self.objects = Objects(self.told.append, marks=MARKS)

    def put(self, name, **fields):
        self.objects.put(self.read(name, **fields))

    def read(self, name, shape="whole", **fields):
        kind = fields.get("kind", "Pod")
        resource = ApiResource("", "v1", kind, f"{kind.lower()}s", namespaced=True, verbs=frozenset())
        return Reader(resource, self.objects).read(manifest(name, **fields), shape)

    def take_told(self):
        told, self.told[:] = list(self.told), []
        return [set(each.shown_by) for each in told]


@pytest.fixture
def shop():
    return Shop()


def names(found):
    return {each.key.name for each in found}


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
    shop.put("web", mark="shop")
    shop.take_told()
    shop.put("web", mark="shop")
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
        "node": some.sampled_from(["", "m", "n"]),
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
    everything = [live for kept in shop.objects._by_kind.values() for live in kept.values()]
    assert len(shop.objects) == len(everything)
    for namespace in ("one", "two", ""):
        here = {each for each in everything if each.key.namespace == namespace}
        assert set(shop.objects.in_namespace(namespace)) == here
        assert set(shop.objects.ownerless_in(namespace)) == {each for each in here if not each.owners}
    for instance in ("x", "y"):
        assert set(shop.objects.tracked_by(instance)) == {e for e in everything if e.instance == instance}
    for uid in (f"uid-{number}" for number in "1234"):
        assert set(shop.objects.children(uid)) == {e for e in everything if uid in e.owners}
    for kind in ("Pod", "Job"):
        assert set(shop.objects.of_kind(GroupKind("", kind))) == {e for e in everything if e.key.kind == kind}
    for node in ("m", "n"):
        assert set(shop.objects.pods_on(node)) == {e for e in everything if e.node == node}
    for index in ("_by_kind", "_ownerless", "_owned", "_by_instance", "_by_owner", "_by_node"):
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


SECRET = {"kind": "Secret"}


def test_what_is_compared_and_held_in_part_is_doubted_until_it_is_held_whole(shop):
    secret = key("token", **SECRET)
    shop.objects.put(shop.read("token", shape="metadata", **SECRET))
    assert (shop.objects.doubt(secret), shop.objects.partial()) == (None, ())
    shop.objects.want("shop", {secret})
    assert shop.objects.doubt(secret) == "Secret:shop/token has not been read as a whole yet"
    assert shop.objects.partial() == (secret,)
    shop.put("token", **SECRET)
    assert (shop.objects.doubt(secret), shop.objects.partial()) == (None, ())
    assert shop.objects.get(secret).detail == "whole"


def test_what_is_not_wanted_any_more_need_not_be_held_whole(shop):
    secret = key("token", **SECRET)
    shop.objects.put(shop.read("token", shape="metadata", **SECRET))
    shop.objects.want("shop", {secret})
    shop.objects.want("shop", frozenset())
    assert (shop.objects.doubt(secret), shop.objects.partial()) == (None, ())


def test_less_of_the_same_state_does_not_replace_more_of_it(shop):
    shop.put("token", mark="shop", **SECRET)
    shop.objects.put(shop.read("token", shape="metadata", mark="shop", **SECRET))
    assert shop.objects.get(key("token", **SECRET)).detail == "whole"
    shop.objects.put(shop.read("token", shape="metadata", mark="shop", version="2", **SECRET))
    assert shop.objects.get(key("token", **SECRET)).detail == "bare"
    assert shop.objects.partial() == (key("token", **SECRET),)


def test_the_kinds_of_what_is_compared_are_known(shop):
    shop.put("web", mark="shop")
    shop.put("other", kind="Job")
    shop.objects.want("shop", {key("new", kind="Service")})
    assert shop.objects.compared_kinds() == {GroupKind("", "Pod"), GroupKind("", "Service")}


def test_an_object_that_cannot_be_read_is_doubted_until_it_can_or_goes(shop):
    broken = shop.read("web", labels={"a": 5})
    shop.objects.want("shop", {key("web")})
    shop.objects.quarantine(broken)
    assert shop.objects.doubt(key("web")).startswith("Pod:shop/web cannot be read: Expected `str`, got `int`")
    assert [set(each.judged_by) for each in shop.told] == [{"shop"}]
    shop.put("web", version="2")
    assert shop.objects.doubt(key("web")) is None
    shop.objects.quarantine(broken)
    shop.objects.retain(GroupKind("", "Pod"), "", set(), "9")
    assert shop.objects.doubt(key("web")) is None
    shop.objects.quarantine(broken)
    shop.objects.forget(GroupKind("", "Pod"), "")
    assert shop.objects.doubt(key("web")) is None
