"""Fields that well-known operators write into objects which Git declares too: a list that comes with Argosy.

A rule is on the list only if its source says that the operator overwrites what was declared, and `when` keeps it to
objects in which that happens: a change that a person makes to the same field is still a difference. The list can be
switched off (`argosy.ignoreDifferences.shipped`). Applied by `operators`; `VERSION` grows with every change of it.
"""

from dataclasses import dataclass

from argosy.engine.model.resource import GroupKind

VERSION = 1

Pattern = tuple[str, ...]
"""Names that lead to a field; `*` is every element of a list."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """One of these annotations is on the object."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """The live value belongs to this field manager, by its last write through the subresource if one is named."""

    manager: str
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared is one of these texts, which stand for a value that is to be filled in."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """The object has this field, and it is not empty."""

    field: str


When = Annotated | Owned | Declared | Has


@dataclass(frozen=True, slots=True)
class Shipped:
    """A field that does not count in these kinds, when, why, and who says so."""

    name: str
    kinds: tuple[GroupKind, ...]
    field: Pattern
    when: When
    because: str
    source: str

    @property
    def origin(self) -> str:
        """Say whose rule it is, as `Rule.origin`."""
        return f"shipped rule {self.name}: {self.because}"


_WEBHOOKS = (
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
)
_DEFINITION = (GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),)
_API_SERVICE = (GroupKind("apiregistration.k8s.io", "APIService"),)
_DEPLOYMENT = GroupKind("apps", "Deployment")

_BUNDLES: tuple[tuple[str, tuple[GroupKind, ...], Pattern], ...] = (
    ("webhooks", _WEBHOOKS, ("webhooks", "*", "clientConfig", "caBundle")),
    ("definitions", _DEFINITION, ("spec", "conversion", "webhook", "clientConfig", "caBundle")),
    ("api-services", _API_SERVICE, ("spec", "caBundle")),
)
"""Where certificate authorities are kept that somebody fills in at run time."""

_INJECTED = Annotated(
    ("cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret", "cert-manager.io/inject-apiserver-ca")
)
_PLACEHOLDER = Declared(("", "Cg==", "Cgo="))
"""Nothing, or line feeds: what generators write where the field must not be empty."""


def _autoscaled(kind: GroupKind) -> Shipped:
    return Shipped(
        f"autoscaled-{kind.kind.lower()}",
        (kind,),
        ("spec", "replicas"),
        Owned("kube-controller-manager", "scale"),
        "an autoscaler of Kubernetes sets the number of replicas",
        "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    )


TABLE: tuple[Shipped, ...] = (
    *(
        Shipped(
            f"cert-manager-{where}",
            kinds,
            field,
            _INJECTED,
            "cert-manager injects the certificate authority",
            "https://cert-manager.io/docs/concepts/ca-injector/",
        )
        for where, kinds, field in _BUNDLES
    ),
    *(
        Shipped(
            f"authority-to-be-filled-in-{where}",
            kinds,
            field,
            _PLACEHOLDER,
            "the declared certificate authority is a placeholder, which the owner of the webhook fills in",
            "https://book.kubebuilder.io/reference/webhook-bootstrap-problem",
        )
        for where, kinds, field in _BUNDLES
    ),
    Shipped(
        "openshift-service-ca",
        _WEBHOOKS,
        ("webhooks", "*", "clientConfig", "caBundle"),
        Annotated(("service.beta.openshift.io/inject-cabundle",)),
        "OpenShift injects the certificate authority",
        "https://docs.openshift.com/container-platform/latest/security/certificates/service-serving-certificate.html",
    ),
    Shipped(
        "istio-fail-closed",
        _WEBHOOKS,
        ("webhooks", "*", "failurePolicy"),
        Owned("pilot-discovery"),
        "istiod makes its webhook fail closed once it is ready",
        "https://github.com/istio/istio/issues/44285",
    ),
    Shipped(
        "aggregated-cluster-role",
        (GroupKind("rbac.authorization.k8s.io", "ClusterRole"),),
        ("rules",),
        Has("aggregationRule"),
        "the control plane overwrites the rules of an aggregated role",
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles",
    ),
    *(_autoscaled(GroupKind("apps", kind)) for kind in ("Deployment", "StatefulSet", "ReplicaSet")),
    _autoscaled(GroupKind("argoproj.io", "Rollout")),
    Shipped(
        "rollouts-service-selector",
        (GroupKind("", "Service"),),
        ("spec", "selector", "rollouts-pod-template-hash"),
        Owned("rollouts-controller"),
        "Argo Rollouts points the service at the pods of one revision",
        "https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/",
    ),
    Shipped(
        "rollouts-istio-weights",
        (GroupKind("networking.istio.io", "VirtualService"),),
        ("spec", "http", "*", "route", "*", "weight"),
        Owned("rollouts-controller"),
        "Argo Rollouts shifts the weights of a canary",
        "https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/istio/#integrating-with-gitops",
    ),
    Shipped(
        "rollouts-workload-reference",
        (_DEPLOYMENT,),
        ("spec", "replicas"),
        Owned("rollouts-controller"),
        "Argo Rollouts scales down the deployment that a rollout takes over",
        "https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout",
    ),
    Shipped(
        "flagger-target",
        (_DEPLOYMENT,),
        ("spec", "replicas"),
        Owned("flagger"),
        "Flagger scales its target to zero between canaries",
        "https://github.com/fluxcd/flagger/issues/1504",
    ),
    Shipped(
        "cluster-autoscaler-machines",
        (GroupKind("cluster.x-k8s.io", "MachineDeployment"), GroupKind("cluster.x-k8s.io", "MachineSet")),
        ("spec", "replicas"),
        Owned("cluster-autoscaler", "scale"),
        "the cluster autoscaler sets the number of machines",
        "https://cluster-api.sigs.k8s.io/tasks/automated-machine-management/autoscaling",
    ),
)
