"""Which cluster nodes an application runs on, and who else does: 3.39."""

from typing import Any

from argosy.engine import tree
from argosy.engine.model.base import to_json
from argosy.engine.model.resource import key_of
from argosy.engine.model.tree import ApplicationTree
from argosy.engine.tree import Shown, hosts
from tests.engine.living import made


def pod(name: str, *, node: str = "one", cpu: str = "1", phase: str = "Running", **more: str) -> dict[str, Any]:
    containers = [{"name": "a", "resources": {"requests": {"cpu": cpu, **more}}}]
    return made("Pod", name, spec={"nodeName": node, "containers": containers}, status={"phase": phase})


def machine(name: str, **status: Any) -> dict[str, Any]:
    labels = {"zone": "z1", "secret-label": "x"}
    return made("Node", name, namespace="", metadata={"labels": labels}, status=status)


def shown(machines: list[dict[str, Any]], own: list[dict[str, Any]], others: list[dict[str, Any]]) -> Any:
    loads = [hosts.load_of(key_of(each), each) for each in (*own, *others)]
    found = hosts.hosts(
        (hosts.machine_of(each, Shown(node_labels=("zone", "missing"))) for each in machines), loads, map(key_of, own)
    )
    return to_json(ApplicationTree(hosts=found)).get("hosts", [])


def test_3_39_requests_are_told_apart_in_thousandths() -> None:
    one = machine("one", capacity={"cpu": "4", "memory": "1Ki", "pods": "110"}, nodeInfo={"kubeletVersion": "v1.37.0"})
    found = shown(
        [one],
        [pod("a", cpu="100m", memory="512"), pod("b", cpu="200m")],
        [pod("c", cpu="1"), pod("elsewhere", node="two")],
    )
    assert found == [
        {
            "name": "one",
            "resourcesInfo": [
                {"resourceName": "cpu", "requestedByApp": 300, "requestedByNeighbors": 1000, "capacity": 4000},
                {"resourceName": "memory", "requestedByApp": 512_000, "capacity": 1_024_000},
            ],
            "systemInfo": {"kubeletVersion": "v1.37.0"},
            "labels": {"zone": "z1"},
        }
    ]


def test_3_39_pods_that_ended_request_nothing_any_more() -> None:
    one = machine("one", capacity={"cpu": "4"})
    (found,) = shown([one], [pod("a", phase="Succeeded")], [pod("b", phase="Failed"), pod("c", phase="Pending")])
    assert found["resourcesInfo"] == [{"resourceName": "cpu", "requestedByNeighbors": 1000, "capacity": 4000}]


def test_3_39_hosts_are_sorted_and_one_that_says_nothing_is_still_named() -> None:
    found = shown([machine("two"), machine("one", capacity="lots")], [pod("a"), pod("b", node="two")], [])
    assert [each["name"] for each in found] == ["one", "two"]
    assert all("resourcesInfo" not in each for each in found)


def test_the_tree_names_what_it_uses() -> None:
    assert tree.hosts is hosts
    assert hosts.key_of("one") == key_of(machine("one"))
