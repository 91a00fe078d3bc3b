"""The second cluster of a control plane is a whole one, with nothing in common but the store underneath."""

from pathlib import Path

import pytest

NAMES = "/api/v1/namespaces/default/configmaps"


def test_what_is_in_one_is_not_in_the_other(control_plane, second_cluster):
    with control_plane.main.client() as main, second_cluster.client() as second:
        main.post(NAMES, json={"metadata": {"name": "only-in-main"}}).raise_for_status()
        assert main.get(f"{NAMES}/only-in-main").status_code == 200
        assert second.get(f"{NAMES}/only-in-main").status_code == 404


def test_the_token_of_one_is_not_good_for_the_other(control_plane, second_cluster):
    with second_cluster.client() as second:
        bearer = {"Authorization": f"Bearer {control_plane.main.token}"}
        assert second.get(NAMES, headers=bearer).status_code == 401


def test_they_are_told_apart_by_their_contexts(control_plane, second_cluster):
    assert (control_plane.main.context, second_cluster.context) == ("devcluster", "devcluster-second")


def test_it_has_nodes_of_its_own(second_cluster):
    with second_cluster.client() as second:
        assert len(second.get("/api/v1/nodes").json()["items"]) == 3


@pytest.mark.parametrize("number", [0, 1])
def test_only_its_owner_can_read_its_credentials(control_plane, second_cluster, number):
    kubeconfig: Path = control_plane.clusters[number].kubeconfig
    assert kubeconfig.stat().st_mode & 0o077 == 0
    assert control_plane.state.stat().st_mode & 0o077 == 0
