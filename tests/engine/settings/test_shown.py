"""What the settings let a tree show: 3.38, 3.39, 9.34."""

from argosy.engine import settings
from argosy.engine.tree import Shown


def read(**data: str) -> settings.Settings:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data}
    found, problems = settings.read([config_map], settings.Settings())
    assert not [problem for problem in problems if "argocd-cm" in problem.object]
    return found


def test_3_38_labels_of_objects_are_a_comma_list() -> None:
    assert read(**{"resource.customLabels": "team, tier"}).shown == Shown(labels=("team", "tier"))


def test_3_39_labels_of_cluster_nodes_are_a_comma_list() -> None:
    labels = "topology.kubernetes.io/zone,team"
    found = read(**{"application.allowedNodeLabels": labels}).shown
    assert found == Shown(node_labels=("topology.kubernetes.io/zone", "team"))


def test_nothing_more_is_shown_unless_it_is_asked_for() -> None:
    assert read().shown == Shown()
