"""A change of what is owned by its name alone is told to whose tree it is in: 3.37."""

from typing import Any

import orjson

from app_controller.observe.live import Live, Reader
from app_controller.observe.objects import Doubted, Objects, Stirred
from argosy.engine.tracking import Tracking
from argosy.gateways.kubernetes.port import ApiResource

KINDS = {
    "Service": ApiResource("", "v1", "Service", "services", namespaced=True, verbs=frozenset()),
    "Endpoints": ApiResource("", "v1", "Endpoints", "endpoints", namespaced=True, verbs=frozenset()),
    "StatefulSet": ApiResource("apps", "v1", "StatefulSet", "statefulsets", namespaced=True, verbs=frozenset()),
    "PersistentVolumeClaim": ApiResource(
        "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", namespaced=True, verbs=frozenset()
    ),
}


def told_of(*things: tuple[str, str, str]) -> list[set[str]]:
    """Return who was told of the last of these objects, each a kind, a name and an application's mark."""
    told: list[Stirred | Doubted] = []
    objects = Objects(told.append, marks=Tracking(method="label"))
    for kind, name, mark in things:
        told.clear()
        labels = {"app.kubernetes.io/instance": mark} if mark else {}
        metadata: dict[str, Any] = {"name": name, "namespace": "n", "uid": f"{kind}/{name}", "resourceVersion": "1"}
        resource = KINDS[kind]
        content = {"apiVersion": resource.api_version, "kind": kind, "metadata": {**metadata, "labels": labels}}
        live = Reader(resource, objects).read(orjson.dumps(content))
        assert isinstance(live, Live)
        objects.put(live)
    return [set(each.shown_by) for each in told if isinstance(each, Stirred)]


def test_3_37_endpoints_are_shown_by_whom_their_service_belongs_to() -> None:
    assert told_of(("Service", "s", "shop"), ("Endpoints", "s", "")) == [{"shop"}]
    assert told_of(("Service", "s", "shop"), ("Endpoints", "other", "")) == []
    assert told_of(("Endpoints", "s", "")) == []


def test_3_37_volume_claims_are_shown_by_whom_their_stateful_set_belongs_to() -> None:
    store = ("StatefulSet", "my-store", "shop")
    assert told_of(store, ("PersistentVolumeClaim", "data-my-store-0", "")) == [{"shop"}]
    assert told_of(store, ("PersistentVolumeClaim", "data-other-0", "")) == []


def test_an_own_mark_goes_before_what_a_name_tells() -> None:
    assert told_of(("Service", "s", "shop"), ("Endpoints", "s", "bar")) == [{"bar"}]
