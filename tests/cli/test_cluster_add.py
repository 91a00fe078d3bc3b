"""`cluster add` against the real control plane: the account it makes can do what Argosy does."""

import asyncio
import base64
import json

from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.port import ApiResource

NAMESPACES = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False, verbs=frozenset())
CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset())


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def test_a_cluster_is_added_with_an_account_of_its_own(control_plane, api, argosy):
    api.on("POST", "/api/v1/clusters", lambda asked: asked.body)
    words = ("cluster", "add", str(control_plane.kubeconfig), "--name", "far", "--label", "tier=test", "-y")
    done = await asyncio.to_thread(argosy, *words)
    assert (done.code, done.err) == (0, "")
    cluster = api.asked[-1].body
    assert done.out == f"Cluster '{cluster['server']}' added\n"
    assert (cluster["name"], cluster["labels"]) == ("far", {"tier": "test"})
    token = cluster["config"]["bearerToken"]
    assert claims(token)["sub"] == "system:serviceaccount:kube-system:argocd-manager"
    assert token not in done.out

    account = connect.from_settings(cluster["server"], cluster["config"])
    try:
        found = await account.get(NAMESPACES, "kube-system")
    finally:
        await account.close()
    assert found["metadata"]["name"] == "kube-system"
