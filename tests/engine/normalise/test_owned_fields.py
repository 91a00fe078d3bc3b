"""Fields that somebody else owns: `managedFieldsManagers` (3.11), and the shipped rules about well-known operators."""

import hashlib
from typing import Any

import pytest

from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import Rules, both, shipped
from argosy.engine.normalise.operators import holds
from argosy.engine.normalise.shipped import Owned, Shipped

MANAGER = "somebody"
IGNORED = Rules((IgnoreDifference(group="*", kind="*", managed_fields_managers=(MANAGER,)),))


def owned(manager: str, fields: Any, **entry: str) -> Any:
    return {"manager": manager, "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": fields, **entry}


def deployment(replicas: int | None = None, containers: Any = (), **metadata: Any) -> Manifest:
    spec = {} if replicas is None else {"replicas": replicas}
    pods = {"template": {"spec": {"containers": list(containers)}}} if containers else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", **metadata},
        "spec": {**spec, **pods},
    }


def compared(desired: Manifest, live: Manifest, rules: Rules = IGNORED) -> bool:
    left, right = both(desired, live, rules)
    return left == right


def pod_fields(name: str, fields: Any) -> Any:
    return {"f:spec": {"f:template": {"f:spec": {"f:containers": {f'k:{{"name":"{name}"}}': fields}}}}}


def test_3_11_a_field_of_an_ignored_manager_counts_on_neither_side() -> None:
    replicas = {"f:spec": {"f:replicas": {}}}
    assert compared(deployment(1), deployment(7, managedFields=[owned(MANAGER, replicas)]))
    assert not compared(deployment(1), deployment(7, managedFields=[owned("another", replicas)]))
    assert not compared(deployment(1), deployment(7, managedFields=[owned(MANAGER, {"f:metadata": {}})]))


def test_3_11_a_field_in_a_lists_element_goes_and_the_element_stays() -> None:
    image = pod_fields("app", {"f:image": {}})
    live = deployment(containers=[{"name": "app", "image": "b"}], managedFields=[owned(MANAGER, image)])
    assert compared(deployment(containers=[{"name": "app", "image": "a"}]), live)
    assert not compared(deployment(containers=[{"name": "app", "image": "a", "tty": True}]), live)
    assert not compared(deployment(containers=[{"name": "other", "image": "a"}]), live)


def test_3_11_an_element_that_the_manager_added_goes_with_its_defaults() -> None:
    sidecar = pod_fields("proxy", {".": {}, "f:name": {}, "f:image": {}})
    live = deployment(
        containers=[{"name": "app"}, {"name": "proxy", "image": "p", "terminationMessagePath": "/dev/log"}],
        managedFields=[owned(MANAGER, sidecar)],
    )
    assert compared(deployment(containers=[{"name": "app"}]), live)


def test_3_11_an_element_that_both_sides_have_keeps_its_keys() -> None:
    whole = pod_fields("app", {".": {}, "f:name": {}, "f:image": {}})
    live = deployment(containers=[{"name": "app", "image": "b"}], managedFields=[owned(MANAGER, whole)])
    assert compared(deployment(containers=[{"name": "app", "image": "a"}]), live)
    left, _ = both(deployment(containers=[{"name": "app", "image": "a"}]), live, IGNORED)
    assert left["spec"]["template"]["spec"]["containers"] == [{"name": "app"}]


def test_3_11_members_of_sets_go() -> None:
    finalizers = {"f:metadata": {"f:finalizers": {".": {}, 'v:"theirs"': {}}}}
    live = deployment(finalizers=["ours", "theirs"], managedFields=[owned(MANAGER, finalizers)])
    assert compared(deployment(finalizers=["ours"]), live)
    assert not compared(deployment(finalizers=[]), live)


def test_3_11_a_map_that_the_manager_emptied_out_is_no_difference() -> None:
    annotation = {"f:metadata": {"f:annotations": {".": {}, "f:x": {}}}}
    live = deployment(annotations={"x": "1"}, managedFields=[owned(MANAGER, annotation)])
    assert compared(deployment(), live)
    assert not compared(deployment(annotations={"y": "1"}), live)


@pytest.mark.parametrize("odd", [{"f:spec": {"f:replicas": {"f:x": {}}}}, {"k:{}": {}}, {"f:spec": {'k:{"a":1}': {}}}])
def test_managed_fields_that_do_not_fit_the_object_are_no_error(odd: Any) -> None:
    assert not compared(deployment(1), deployment(2, managedFields=[owned(MANAGER, odd)]))


def the(name: str) -> Shipped:
    return next(rule for rule in shipped.TABLE if rule.name == name)


def test_the_shipped_rules_are_named_once_and_say_why_and_who_says_so() -> None:
    names = [rule.name for rule in shipped.TABLE]
    assert len(names) == len(set(names))
    for rule in shipped.TABLE:
        assert rule.because
        assert rule.source.startswith("https://")
        assert rule.kinds
        assert rule.name in rule.origin


def test_the_version_of_the_shipped_rules_grows_with_them() -> None:
    """Whoever changes what a rule hides raises `VERSION`, and writes the new digest here."""
    what = [(rule.name, rule.kinds, rule.field, rule.when) for rule in shipped.TABLE]
    assert (shipped.VERSION, hashlib.sha256(repr(what).encode()).hexdigest()[:8]) == (1, "4bb36e41")


SCALED = {"f:spec": {"f:replicas": {}}}


@pytest.mark.parametrize(
    ("entry", "hidden"),
    [
        (owned("kube-controller-manager", SCALED, subresource="scale"), True),
        (owned("kubectl", SCALED, subresource="scale"), False),
        (owned("kube-controller-manager", SCALED), False),
        (owned("kube-controller-manager", {"f:status": {}}, subresource="scale"), False),
        (owned("rollouts-controller", SCALED), True),
        (owned("flagger", SCALED), True),
        (owned("argocd-controller", SCALED), False),
    ],
)
def test_replicas_that_an_autoscaler_set_do_not_count_and_those_that_a_person_set_do(entry: Any, hidden: bool) -> None:
    live = deployment(7, managedFields=[entry])
    assert compared(deployment(1), live, Rules()) is hidden
    assert not compared(deployment(1), live, Rules(shipped=()))


def webhook(bundle: str | None, policy: str = "Ignore", **metadata: Any) -> Manifest:
    config = {} if bundle is None else {"caBundle": bundle}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "a", **metadata},
        "webhooks": [{"name": "a.b", "clientConfig": config, "failurePolicy": policy}],
    }


@pytest.mark.parametrize(
    ("desired", "live", "hidden"),
    [
        (webhook("Cg=="), webhook("eHg="), True),
        (webhook(""), webhook("eHg="), True),
        (webhook("eQ=="), webhook("eHg="), False),
        (webhook("eQ==", annotations={"cert-manager.io/inject-ca-from": "a/b"}), webhook("eHg="), False),
        (
            webhook("eQ==", annotations={"cert-manager.io/inject-ca-from": "a/b"}),
            webhook("eHg=", annotations={"cert-manager.io/inject-ca-from": "a/b"}),
            True,
        ),
        (webhook("Cg==", "Fail"), webhook("eHg=", "Ignore"), False),
    ],
)
def test_an_authority_that_somebody_fills_in_does_not_count(desired: Manifest, live: Manifest, hidden: bool) -> None:
    assert compared(desired, live, Rules()) is hidden


def test_a_policy_that_istiod_closed_does_not_count() -> None:
    policy = {"f:webhooks": {'k:{"name":"a.b"}': {"f:failurePolicy": {}}}}
    live = webhook(None, "Fail", managedFields=[owned("pilot-discovery", policy)])
    assert compared(webhook(None), live, Rules())
    assert not compared(webhook(None), webhook(None, "Fail"), Rules())


def test_bundles_are_found_in_definitions_and_api_services() -> None:
    noted = {"name": "a", "annotations": {"cert-manager.io/inject-apiserver-ca": "true"}}
    for version, kind, spec in (
        (
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            lambda value: {"conversion": {"webhook": {"clientConfig": {"caBundle": value}}}},
        ),
        ("apiregistration.k8s.io/v1", "APIService", lambda value: {"caBundle": value}),
    ):
        one, other = (
            {"apiVersion": version, "kind": kind, "metadata": noted, "spec": {"x": 1, **spec(v)}} for v in "ab"
        )
        assert compared(one, other, Rules())
        assert not compared(one, other, Rules(shipped=()))


def test_the_rules_of_an_aggregated_role_do_not_count() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a"}}
    aggregated = {**role, "aggregationRule": {"clusterRoleSelectors": [{}]}}
    assert compared({**aggregated, "rules": []}, {**aggregated, "rules": [{"verbs": ["get"]}]}, Rules())
    assert not compared({**role, "rules": []}, {**role, "rules": [{"verbs": ["get"]}]}, Rules())


def test_the_pods_that_rollouts_points_a_service_at_do_not_count() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"selector": {"app": "a"}}}
    entry = owned("rollouts-controller", {"f:spec": {"f:selector": {}}})
    selector = {"app": "a", "rollouts-pod-template-hash": "1"}
    live = {**service, "metadata": {"name": "a", "managedFields": [entry]}, "spec": {"selector": selector}}
    assert compared(service, live, Rules())
    assert not compared(service, {**live, "spec": {"selector": {**selector, "app": "b"}}}, Rules())


def test_only_the_weights_of_a_canary_do_not_count() -> None:
    def virtual_service(weight: int, host: str, **metadata: Any) -> Manifest:
        routes = [{"destination": {"host": host}, "weight": weight}, {"weight": 100 - weight}]
        return {
            "apiVersion": "networking.istio.io/v1",
            "kind": "VirtualService",
            "metadata": {"name": "a", **metadata},
            "spec": {"http": [{"route": routes}]},
        }

    entry = owned("rollouts-controller", {"f:spec": {"f:http": {}}})
    assert compared(virtual_service(100, "a"), virtual_service(20, "a", managedFields=[entry]), Rules())
    assert not compared(virtual_service(100, "a"), virtual_service(20, "b", managedFields=[entry]), Rules())
    assert not compared(virtual_service(100, "a"), virtual_service(20, "a"), Rules())


def test_one_rule_alone_can_be_looked_at() -> None:
    live = deployment(7, managedFields=[owned("flagger", SCALED)])
    assert compared(deployment(1), live, Rules().only(the("flagger-target")))
    assert not compared(deployment(1), live, Rules().only(the("autoscaled-deployment")))
    assert not compared(deployment(1), live, Rules().only(None))
    chosen = IGNORED.about(live)[0]
    ours = deployment(7, managedFields=[owned(MANAGER, SCALED)])
    assert compared(deployment(1), ours, IGNORED.only(chosen))
    assert not compared(deployment(1), ours, IGNORED.only(None))


@pytest.mark.parametrize("rule", shipped.TABLE, ids=lambda rule: rule.name)
@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [{"clientConfig": 1}], {"http": [1], "conversion": []}])
def test_an_object_of_another_shape_is_no_error(rule: Shipped, odd: Any) -> None:
    kind = rule.kinds[0]
    group = f"{kind.group}/v1" if kind.group else "v1"
    fields = {"f:spec": {}, "f:webhooks": {'k:{"name":"a"}': {}}}
    manager = rule.when.manager if isinstance(rule.when, Owned) else MANAGER
    one = {"apiVersion": group, "kind": kind.kind, "metadata": {"name": "a", "managedFields": [owned(manager, fields)]}}
    odd_one = {**one, "spec": odd, "webhooks": odd, "rules": odd, "aggregationRule": odd}
    holds(rule, one, odd_one)
    holds(rule, odd_one, one)
    both(odd_one, odd_one, Rules())
