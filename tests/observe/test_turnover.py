"""How it is known that a namespace may have other orphans than before, without looking through it: 3.41."""

from typing import Any

import orjson
import pytest

from app_controller.observe.live import Reader
from app_controller.observe.objects import Objects
from argosy.engine.tracking import Tracking
from argosy.gateways.kubernetes.port import ApiResource

CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset())
MARK = "argocd.argoproj.io/tracking-id"


class Cluster:
    """Puts ConfigMaps into an index."""

    def __init__(self) -> None:
        self.objects = Objects(lambda _: None, marks=Tracking())
        self.reader = Reader(CONFIG_MAPS, self.objects)

    def put(self, version: int, *, owners: tuple[str, ...] = (), mark: str = "", **data: str) -> Any:
        references = [{"uid": uid, "kind": "x", "name": "x", "apiVersion": "v1"} for uid in owners]
        annotations = {MARK: f"{mark}:/ConfigMap:n/c"} if mark else {}
        metadata = {"name": "c", "namespace": "n", "uid": "u", "resourceVersion": str(version)}
        content = {"metadata": {**metadata, "ownerReferences": references, "annotations": annotations}, "data": data}
        live = self.reader.read(orjson.dumps({"apiVersion": "v1", "kind": "ConfigMap", **content}))
        self.objects.put(live)
        return live


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_3_41_an_object_that_comes_or_goes_turns_its_namespace_over(cluster: Cluster) -> None:
    assert cluster.objects.turnover("n") == 0
    live = cluster.put(1)
    assert cluster.objects.turnover("n") == 1
    cluster.objects.remove(live.key)
    assert cluster.objects.turnover("n") == 2
    assert cluster.objects.turnover("other") == 0


def test_3_41_an_object_that_only_changes_does_not(cluster: Cluster) -> None:
    cluster.put(1, a="b")
    cluster.put(2, a="c")
    assert cluster.objects.turnover("n") == 1


def test_3_41_an_owned_object_does_not_until_it_loses_its_owner(cluster: Cluster) -> None:
    cluster.put(1, owners=("o",))
    assert cluster.objects.turnover("n") == 0
    cluster.put(2)
    assert cluster.objects.turnover("n") == 1


def test_3_41_an_object_that_another_application_takes_over_does(cluster: Cluster) -> None:
    cluster.put(1, mark="a")
    cluster.put(2, mark="b")
    assert cluster.objects.turnover("n") == 2


def test_3_41_what_is_marked_in_another_way_turns_over_once(cluster: Cluster) -> None:
    cluster.put(1, mark="a")
    cluster.objects.mark(Tracking(method="label"))
    assert cluster.objects.turnover("n") == 2
    cluster.objects.mark(Tracking(method="label"))
    assert cluster.objects.turnover("n") == 2
