"""Random stories of one object: what was applied, what somebody edited, what is wanted now.

Of Deployments, StatefulSets, Services, ConfigMaps, Secrets, NetworkPolicies and a custom resource with a schema of its
own, with all that a server rewrites: defaults, quantities, empty values, nulls, lists by keys, sets and whole ones.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from argosy.gateways.kubernetes.port import ApiResource

Json = dict[str, Any]
_GROUP = "diff.argosy.example"


def _resource(group: str, kind: str, plural: str) -> ApiResource:
    return ApiResource(group, "v1", kind, plural, namespaced=True, verbs=frozenset())


RESOURCES = {
    each.kind: each
    for each in (
        _resource("", "ConfigMap", "configmaps"),
        _resource("", "Secret", "secrets"),
        _resource("", "Service", "services"),
        _resource("apps", "Deployment", "deployments"),
        _resource("apps", "StatefulSet", "statefulsets"),
        _resource("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
        _resource(_GROUP, "Widget", "widgets"),
    )
}

_TEXT = {"type": "string"}
WIDGETS: Json = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"widgets.{_GROUP}"},
    "spec": {
        "group": _GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "mode": {"type": "string", "default": "quick"},
                                    "size": {"x-kubernetes-int-or-string": True},
                                    "tags": {"type": "array", "items": _TEXT, "x-kubernetes-list-type": "set"},
                                    "words": {"type": "array", "items": _TEXT},
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                    "whole": {
                                        "type": "object",
                                        "additionalProperties": _TEXT,
                                        "x-kubernetes-map-type": "atomic",
                                    },
                                    "rules": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"to": _TEXT, "weight": {"type": "integer", "default": 1}},
                                        },
                                    },
                                    "doors": {
                                        "type": "array",
                                        "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["number", "protocol"],
                                        "items": {
                                            "type": "object",
                                            "required": ["number"],
                                            "properties": {
                                                "number": {"type": "integer"},
                                                "protocol": {"type": "string", "default": "TCP"},
                                                "open": {"type": "boolean"},
                                                "note": {"type": "string", "nullable": True},
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}
"""A kind with every way to merge, and defaults in them."""

WORDS = st.sampled_from(["a", "b", "", "1", "true", "ä"])
MAPS = st.dictionaries(st.sampled_from(["k", "l", "m"]), WORDS, max_size=3)
LABELS = st.dictionaries(st.sampled_from(["team", "tier"]), st.sampled_from(["a", "b", ""]), max_size=2)
QUANTITIES = st.sampled_from(["1", "1000m", "500m", "0.5", 1, "1Gi", "1024Mi", "1e3", "0"])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Fields that may be there or not."""
    return st.fixed_dictionaries({}, optional=fields)


def joined(*parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return the fields of all parts."""
    return st.tuples(*parts).map(lambda drawn: {key: value for each in drawn for key, value in each.items()})


FIELD_REF = st.sampled_from([{"fieldPath": "metadata.name"}, {"fieldPath": "metadata.name", "apiVersion": "v1"}])
ENV = st.lists(
    joined(
        st.fixed_dictionaries({"name": st.sampled_from(["A", "B", "C"])}),
        st.one_of(optional(value=WORDS), st.fixed_dictionaries({"valueFrom": st.builds(dict, fieldRef=FIELD_REF)})),
    ),
    max_size=3,
    unique_by=lambda each: each["name"],
)
CONTAINER_PORTS = st.lists(
    joined(
        st.fixed_dictionaries({"containerPort": st.sampled_from([80, 81])}),
        optional(protocol=st.sampled_from(["TCP", "UDP"]), name=st.sampled_from(["web"])),
    ),
    max_size=2,
    unique_by=lambda each: each["containerPort"],
).filter(lambda ports: sum("name" in port for port in ports) < 2)
CONTAINER = joined(
    st.fixed_dictionaries({"name": st.sampled_from(["app", "side"]), "image": st.sampled_from(["x:1", "x:2"])}),
    optional(
        env=ENV,
        args=st.lists(WORDS, max_size=2),
        ports=CONTAINER_PORTS,
        tty=st.booleans(),
        resources=optional(requests=st.fixed_dictionaries({"cpu": QUANTITIES}), limits=st.just({})),
        imagePullPolicy=st.sampled_from(["Always", "IfNotPresent", None]),
        securityContext=st.sampled_from([{}, {"privileged": False}, {"runAsUser": 5}, {"runAsNonRoot": None}]),
        readinessProbe=st.sampled_from([{"httpGet": {"port": 80}}, {"httpGet": {"port": "web", "path": "/"}}]),
    ),
)
CONTAINERS = st.lists(CONTAINER, min_size=1, max_size=2, unique_by=lambda each: each["name"])
POD = joined(
    st.fixed_dictionaries({"containers": CONTAINERS}),
    optional(
        terminationGracePeriodSeconds=st.sampled_from([0, 30, None]),
        automountServiceAccountToken=st.sampled_from([None, False, True]),
        nodeSelector=MAPS.map(lambda each: dict.fromkeys(each, "v")),
        tolerations=st.sampled_from(
            [[], [{"key": "a", "operator": "Exists"}], [{"operator": "Exists"}], [{"operator": "Exists", "value": ""}]]
        ),
        volumes=st.sampled_from(
            [
                [],
                [{"name": "v", "emptyDir": {}}],
                [{"name": "v", "emptyDir": {"sizeLimit": "1024Mi"}}],
                [{"name": "v", "configMap": {"name": "c"}}],
                [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}],
            ]
        ),
        hostNetwork=st.booleans(),
    ),
)


def workload(pod: Json, more: Json) -> Json:
    """Return the body of a Deployment or StatefulSet."""
    template = {"metadata": {"labels": {"app": "x"}}, "spec": pod}
    return {"spec": {"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": template, **more}}


SERVICE_PORTS = st.lists(
    joined(
        st.fixed_dictionaries({"name": st.sampled_from(["web", "admin"]), "port": st.sampled_from([80, 81])}),
        optional(protocol=st.sampled_from(["TCP", "UDP"]), targetPort=st.sampled_from([80, 8080, "http"])),
    ),
    min_size=1,
    max_size=2,
    unique_by=(lambda port: port["name"], lambda port: port["port"]),
)
_CLAIMS = st.sampled_from(
    [
        {
            "metadata": {"name": "c"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
)
_POLICY_PORTS = st.lists(optional(port=st.sampled_from([80, "web"]), protocol=st.just("TCP")), max_size=2)

BODIES: dict[str, st.SearchStrategy[Json]] = {
    "ConfigMap": optional(data=MAPS, immutable=st.sampled_from([False, None])),
    "Secret": optional(stringData=MAPS, type=st.just("Opaque"), data=st.sampled_from([{}, {"k": "YQ=="}])),
    "Service": st.builds(
        lambda ports, more: {"spec": {"ports": ports, **more}},
        SERVICE_PORTS,
        optional(
            selector=LABELS,
            sessionAffinity=st.sampled_from(["None", "ClientIP"]),
            type=st.sampled_from(["ClusterIP", "NodePort"]),
            publishNotReadyAddresses=st.booleans(),
        ),
    ),
    "Deployment": st.builds(
        workload,
        POD,
        optional(
            minReadySeconds=st.sampled_from([0, 5]),
            paused=st.booleans(),
            strategy=st.sampled_from([{}, {"type": "RollingUpdate"}, {"rollingUpdate": {"maxSurge": "25%"}}]),
        ),
    ),
    "StatefulSet": st.builds(
        lambda pod, claim, claims: workload(
            pod, {"serviceName": "x", **({"volumeClaimTemplates": [claim]} if claims else {})}
        ),
        POD,
        _CLAIMS,
        st.just(True),
    ),
    "NetworkPolicy": st.builds(
        lambda ports, labels: {"spec": {"podSelector": {"matchLabels": labels}, "ingress": [{"ports": ports}]}},
        _POLICY_PORTS,
        LABELS,
    ),
    "Widget": optional(
        mode=st.sampled_from(["quick", "slow"]),
        size=st.sampled_from([1, "1", "10%"]),
        tags=st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True),
        words=st.lists(st.sampled_from(["a", "b"]), max_size=2),
        free=st.sampled_from([{}, {"a": {"b": [1, {"c": 0}]}}, {"a": {"d": ""}}]),
        whole=MAPS,
        rules=st.lists(optional(to=WORDS, weight=st.sampled_from([1, 2])), max_size=2),
        doors=st.lists(
            joined(
                st.fixed_dictionaries({"number": st.sampled_from([1, 2])}),
                optional(
                    protocol=st.sampled_from(["TCP", "UDP"]),
                    open=st.booleans(),
                    note=st.sampled_from([None, "", "n"]),
                ),
            ),
            max_size=2,
            unique_by=lambda door: door["number"],
        ),
    ).map(lambda spec: {"spec": spec}),
}
_REPLICAS = st.just({"spec": {"replicas": 1}})
EDITS: dict[str, st.SearchStrategy[Json]] = {
    "Deployment": st.one_of(_REPLICAS, st.just({"spec": {"template": {"spec": {"nodeSelector": {"z": "z"}}}}})),
    "StatefulSet": _REPLICAS,
    "ConfigMap": optional(data=MAPS),
    "Service": st.just({"spec": {"selector": {"edited": "yes"}}}),
    "Widget": st.one_of(
        st.just({"spec": {"whole": {"z": "z"}}}),
        st.just({"spec": {"mode": "edited"}}),
        st.just({"spec": {"tags": ["z"], "words": ["z"]}}),
    ),
}


@dataclass(frozen=True)
class Story:
    """What was applied first, what is wanted now, and what somebody edited between (merge patches, maybe none).

    Some take back what they did, so that the values are ours again and their owner is not.
    """

    first: Json
    wanted: Json
    edits: tuple[Json, ...]


@st.composite
def stories(draw: st.DrawFn, kind: str) -> Story:
    """Draw a story; what is wanted is often what was applied, or that with a little changed."""
    first, second = draw(BODIES[kind]), draw(BODIES[kind])
    wanted = draw(st.sampled_from([first, first, second, _mixed(first, second)]))
    labels = draw(st.none() | LABELS), draw(st.none() | LABELS)
    metadata = optional(labels=LABELS, annotations=LABELS).map(lambda given: {"metadata": given})
    edit = draw(st.one_of(st.none(), metadata, EDITS.get(kind, metadata)))
    back = (first,) if edit is not None and draw(st.booleans()) else ()
    edits = () if edit is None else (edit, *back)
    return Story(_labelled(first, labels[0]), _labelled(wanted, labels[draw(st.integers(0, 1))]), edits)


def _labelled(body: Json, labels: Json | None) -> Json:
    return {**body, "metadata": {} if labels is None else {"labels": labels}}


def _mixed(first: Json, second: Json) -> Json:
    """Return one body with the fields of `spec` that only the other has; a StatefulSet's claims cannot change."""
    both = {**first, **second}
    if "spec" in first and "spec" in second:
        both["spec"] = {**second["spec"], **first["spec"]}
    return both
