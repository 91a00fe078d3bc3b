"""Popular projects that publish their charts or manifests in a Go module, which is how a proxy of modules has them.

Versions are fixed: what is measured stays the same. Nothing of them is kept here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Project:
    """Where a project's manifests are: a folder of a module, and how it is rendered (options of `argosy render`).

    A chart that draws on others which are elsewhere is rendered without them (all are optional).
    """

    name: str
    module: str
    version: str
    path: str = "."
    options: tuple[str, ...] = ()


def _file(name: str) -> tuple[str, ...]:
    return ("--directory-include", name)


def _set(*values: str) -> tuple[str, ...]:
    return tuple(option for value in values for option in ("--set", value))


TABLE: tuple[Project, ...] = (
    Project(name="gateway-api", module="sigs.k8s.io/gateway-api", version="v1.7.0", path="config/crd"),
    Project(
        name="prometheus-operator",
        module="github.com/prometheus-operator/prometheus-operator",
        version="v0.85.0",
        options=_file("bundle.yaml"),
    ),
    Project(
        name="cert-manager",
        module="github.com/cert-manager/cert-manager",
        version="v1.21.2",
        path="deploy/charts/cert-manager",
        options=_set("crds.enabled=true", "prometheus.servicemonitor.enabled=true"),
    ),
    Project(
        name="external-secrets",
        module="github.com/external-secrets/external-secrets",
        version="v1.3.2",
        path="deploy/charts/external-secrets",
        options=_set("serviceMonitor.enabled=true"),
    ),
    Project(
        name="external-secrets-crds",
        module="github.com/external-secrets/external-secrets",
        version="v1.3.2",
        path="deploy/crds",
        options=_file("bundle.yaml"),
    ),
    Project(
        name="external-dns",
        module="sigs.k8s.io/external-dns",
        version="v0.23.0",
        path="charts/external-dns",
        options=_set("policy=sync"),
    ),
    Project(
        name="metrics-server",
        module="sigs.k8s.io/metrics-server",
        version="v0.9.0",
        path="charts/metrics-server",
        options=_set("replicas=2", "podDisruptionBudget.enabled=true", "podDisruptionBudget.minAvailable=1"),
    ),
    Project(
        name="ingress-nginx",
        module="k8s.io/ingress-nginx",
        version="v0.0.0-20240708192948-52c50467d67d",
        path="charts/ingress-nginx",
        options=_set("controller.autoscaling.enabled=true", "controller.metrics.enabled=true"),
    ),
    Project(
        name="kyverno",
        module="github.com/kyverno/kyverno",
        version="v1.19.1",
        path="charts/kyverno",
        options=_set("admissionController.replicas=3", "grafana.enabled=true"),
    ),
    Project(name="kueue", module="sigs.k8s.io/kueue", version="v0.17.0", path="charts/kueue"),
    Project(name="descheduler", module="sigs.k8s.io/descheduler", version="v0.36.0", path="charts/descheduler"),
    Project(name="keda", module="github.com/kedacore/keda/v2", version="v2.21.0", path="config/default"),
    Project(
        name="karpenter",
        module="github.com/aws/karpenter-provider-aws",
        version="v1.15.1",
        path="charts/karpenter",
        options=_set("settings.clusterName=cluster", "serviceMonitor.enabled=true"),
    ),
    Project(
        name="karpenter-crd",
        module="github.com/aws/karpenter-provider-aws",
        version="v1.15.1",
        path="charts/karpenter-crd",
    ),
    Project(
        name="sealed-secrets",
        module="github.com/bitnami-labs/sealed-secrets",
        version="v0.40.0",
        path="helm/sealed-secrets",
        options=_set("ingress.enabled=true", "networkPolicy.enabled=true", "pdb.create=true"),
    ),
    Project(name="metallb", module="go.universe.tf/metallb", version="v0.16.2", path="config/native"),
    Project(name="dapr", module="github.com/dapr/dapr", version="v1.14.0", path="charts/dapr"),
    Project(
        name="flagger",
        module="github.com/fluxcd/flagger",
        version="v1.36.1",
        path="charts/flagger",
        options=_set("prometheus.install=true"),
    ),
    Project(
        name="podinfo",
        module="github.com/fluxcd/flagger",
        version="v1.36.1",
        path="charts/podinfo",
        options=_set("canary.enabled=true", "hpa.enabled=false"),
    ),
    Project(
        name="cilium",
        module="github.com/cilium/cilium",
        version="v1.20.2",
        path="install/kubernetes/cilium",
        options=_set(
            "hubble.relay.enabled=true",
            "hubble.ui.enabled=true",
            # The development cluster does not let containers be privileged.
            "securityContext.privileged=false",
            "bpf.autoMount.enabled=false",
        ),
    ),
    Project(
        name="knative-serving",
        module="knative.dev/serving",
        version="v0.51.0",
        path="config/core",
        # What is of kinds whose definitions are in other modules.
        options=("--directory-recurse", "--directory-exclude", "{999-cache.yaml,300-knativecertificate.yaml}"),
    ),
    Project(
        name="argo-rollouts",
        module="github.com/argoproj/argo-rollouts",
        version="v1.10.2",
        path="manifests",
        options=_file("install.yaml"),
    ),
    Project(
        name="argo-cd", module="github.com/argoproj/argo-cd/v3", version="v3.6.1", path="manifests/ha/cluster-install"
    ),
    Project(name="velero", module="github.com/vmware-tanzu/velero", version="v1.18.3", path="config/crd/v1/bases"),
)
