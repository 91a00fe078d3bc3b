"""Random edits of live objects, as people and other programs make them, with a client of their own."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.gateways.kubernetes.errors import AlreadyExists, ClusterError, Invalid, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster

Body = Mapping[str, Any] | Sequence[Any]


def _label(chance: Random) -> Body:
    value = chance.choice(["web", "edited", None])
    return {"metadata": {"labels": {chance.choice(["tier", "team"]): value}}}


def _annotation(chance: Random) -> Body:
    return {
        "metadata": {"annotations": {chance.choice(["note", "other"]): chance.choice(["from Git", "by hand", None])}}
    }


def _data(chance: Random) -> Body:
    return {"data": {chance.choice(["colour", "level", "extra"]): chance.choice(["blue", "info", "green", None])}}


def _secret(chance: Random) -> Body:
    return {"data": {chance.choice(["key", "word", "extra"]): chance.choice(["b3Blbg==", "c29hayB0ZXN0", None])}}


def _image(chance: Random) -> Body:
    image = chance.choice(["web:1", "web:2"])
    return [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image}]


def _environment(chance: Random) -> Body:
    name, path = chance.choice("ABC"), "/spec/template/spec/containers/0/env"
    return chance.choice(
        [
            [{"op": "add", "path": f"{path}/-", "value": {"name": f"X{chance.randrange(100)}", "value": name}}],
            [{"op": "replace", "path": f"{path}/0/value", "value": chance.choice("123")}],
            [{"op": "remove", "path": f"{path}/{chance.randrange(3)}"}],
        ]
    )


def _limits(chance: Random) -> Body:
    value = {"cpu": chance.choice(["100m", "0.1", "200m"]), "memory": "64Mi"}
    return [{"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests", "value": value}]


def _replicas(chance: Random) -> Body:
    return {"spec": {"replicas": chance.randrange(3)}}


def _ports(chance: Random) -> Body:
    ports = [{"name": "http", "port": chance.choice([80, 81])}, {"name": "more", "port": 90}]
    return {"spec": {"ports": ports[: chance.choice([1, 2])]}}


def _service_type(chance: Random) -> Body:
    return {"spec": {"type": chance.choice(["ClusterIP", "NodePort"])}}


def _budget(chance: Random) -> Body:
    return {"spec": {"maxUnavailable": chance.choice(["50%", 1, "20%"])}}


def _rules(chance: Random) -> Body:
    verbs = chance.choice([["get", "list"], ["list", "get"], ["get"], ["*"]])
    return {"rules": [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": verbs}]}


def _ingress(chance: Random) -> Body:
    return {"spec": {"ingress": [{"ports": [{"port": chance.choice([8080, 9090]), "protocol": "TCP"}]}]}}


def _token(chance: Random) -> Body:
    return {"automountServiceAccountToken": chance.choice([True, False, None])}


OF_KIND: Mapping[str, Sequence[Callable[[Random], Body]]] = {
    "ConfigMap": (_data,),
    "Secret": (_secret,),
    "ServiceAccount": (_token,),
    "Service": (_ports, _service_type),
    "Deployment": (_image, _environment, _limits, _replicas),
    "PodDisruptionBudget": (_budget,),
    "Role": (_rules,),
    "NetworkPolicy": (_ingress,),
}


async def one(cluster: Cluster, wanted: Mapping[ResourceKey, tuple[ApiResource, Manifest]], chance: Random) -> str:
    """Edit one object, delete it, or put a deleted one back by hand; return what was done, empty if nothing."""
    key = chance.choice(list(wanted))
    resource, manifest = wanted[key]
    try:
        if chance.random() < 0.05:
            await cluster.delete(resource, key.name, namespace=key.namespace, propagation="Background")
            return "delete"
        edit = chance.choice((*OF_KIND[key.kind], _label, _annotation))
        body = edit(chance)
        way = "merge" if isinstance(body, Mapping) else "json"
        await cluster.patch(resource, key.name, body, namespace=key.namespace, patch_type=way)
    except NotFound:
        return await _put_back(cluster, resource, manifest) if chance.random() < 0.3 else ""
    except Invalid:
        return ""
    return edit.__name__.strip("_")


async def _put_back(cluster: Cluster, resource: ApiResource, manifest: Manifest) -> str:
    try:
        await cluster.create(resource, manifest)
    except AlreadyExists:
        return ""
    except ClusterError as error:
        return f"refused: {error}"
    return "create"
