"""Kinds of other projects, one family per module: what their own documentation says of their status.

A family's `TABLE` names groups and kinds as globs: `*.crossplane.io/*` is every kind of every such group. An exact name
goes before a glob. Looked into by `health.assess` for a kind that Kubernetes itself does not define.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import chain

from argosy.engine.globs import matches
from argosy.engine.health.catalogue import (
    ack,
    airlock_microgateway,
    ansible_tower,
    argo_cd,
    argo_events,
    argo_rollouts,
    argo_workflows,
    astra,
    atlas,
    camel,
    cert_manager,
    clickhouse,
    cloudnative_pg,
    cluster_api,
    config_connector,
    confluent,
    containerized_data,
    contour,
    coralogix,
    cron_jobs,
    crossplane,
    custom_resource_definitions,
    datadog,
    disruption_budgets,
    elastic,
    external_secrets,
    flagger,
    flink,
    flux,
    gardener,
    gateway_api,
    gke,
    gloo,
    grafana,
    grafana_organizations,
    humio,
    iam_manager,
    istio,
    jaeger,
    kafka_koperator,
    kafka_strimzi,
    karmada,
    karpenter,
    keda,
    keptn,
    keycloak,
    kiali,
    knative_operator,
    knative_serving,
    kruise,
    kruise_game,
    kruise_rollouts,
    kserve,
    kubernetes_external_secrets,
    kubevirt_machines,
    kyverno,
    mariadb,
    minio,
    nmstate,
    numaflow,
    numaplane,
    object_bucket,
    onepassword,
    open_cluster_management,
    openfaas,
    openshift_apps,
    openshift_ingress,
    openshift_storage,
    opentelemetry,
    operator_lifecycle,
    percona,
    proclaim,
    prometheus_operator,
    promoter,
    pulumi,
    rabbitmq,
    rook,
    sap_btp,
    sealed_secrets,
    solr,
    spark,
    spin,
    spot_ocean,
    threescale,
    trident,
    victoria_metrics,
    volume_snapshots,
    zalando,
    zookeeper_pravega,
)
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import GroupKind, Manifest

Check = Callable[[Manifest], Health]

_FAMILIES: tuple[Mapping[str, Check], ...] = (
    ack.TABLE,
    airlock_microgateway.TABLE,
    ansible_tower.TABLE,
    argo_cd.TABLE,
    argo_events.TABLE,
    argo_rollouts.TABLE,
    argo_workflows.TABLE,
    astra.TABLE,
    atlas.TABLE,
    camel.TABLE,
    cert_manager.TABLE,
    clickhouse.TABLE,
    cloudnative_pg.TABLE,
    cluster_api.TABLE,
    config_connector.TABLE,
    confluent.TABLE,
    containerized_data.TABLE,
    contour.TABLE,
    coralogix.TABLE,
    cron_jobs.TABLE,
    crossplane.TABLE,
    custom_resource_definitions.TABLE,
    datadog.TABLE,
    disruption_budgets.TABLE,
    elastic.TABLE,
    external_secrets.TABLE,
    flagger.TABLE,
    flink.TABLE,
    flux.TABLE,
    gardener.TABLE,
    gateway_api.TABLE,
    gke.TABLE,
    gloo.TABLE,
    grafana.TABLE,
    grafana_organizations.TABLE,
    humio.TABLE,
    iam_manager.TABLE,
    istio.TABLE,
    jaeger.TABLE,
    kafka_koperator.TABLE,
    kafka_strimzi.TABLE,
    karmada.TABLE,
    karpenter.TABLE,
    keda.TABLE,
    keptn.TABLE,
    keycloak.TABLE,
    kiali.TABLE,
    knative_operator.TABLE,
    knative_serving.TABLE,
    kruise.TABLE,
    kruise_game.TABLE,
    kruise_rollouts.TABLE,
    kserve.TABLE,
    kubernetes_external_secrets.TABLE,
    kubevirt_machines.TABLE,
    kyverno.TABLE,
    mariadb.TABLE,
    minio.TABLE,
    nmstate.TABLE,
    numaflow.TABLE,
    numaplane.TABLE,
    object_bucket.TABLE,
    onepassword.TABLE,
    open_cluster_management.TABLE,
    openfaas.TABLE,
    openshift_apps.TABLE,
    openshift_ingress.TABLE,
    openshift_storage.TABLE,
    opentelemetry.TABLE,
    operator_lifecycle.TABLE,
    percona.TABLE,
    proclaim.TABLE,
    prometheus_operator.TABLE,
    promoter.TABLE,
    pulumi.TABLE,
    rabbitmq.TABLE,
    rook.TABLE,
    sap_btp.TABLE,
    sealed_secrets.TABLE,
    solr.TABLE,
    spark.TABLE,
    spin.TABLE,
    spot_ocean.TABLE,
    threescale.TABLE,
    trident.TABLE,
    victoria_metrics.TABLE,
    volume_snapshots.TABLE,
    zalando.TABLE,
    zookeeper_pravega.TABLE,
)


def _split(tables: Iterable[Mapping[str, Check]]) -> tuple[dict[GroupKind, Check], list[tuple[str, str, Check]]]:
    exact: dict[GroupKind, Check] = {}
    globs: list[tuple[str, str, Check]] = []
    for name, check in chain.from_iterable(table.items() for table in tables):
        group, _, kind = name.rpartition("/")
        if "*" in name:
            globs.append((group, kind, check))
        else:
            exact[GroupKind(group, kind)] = check
    return exact, globs


_EXACT, _GLOBS = _split(_FAMILIES)
_DELETING, _ = _split((promoter.DELETING, sap_btp.DELETING))


@lru_cache(maxsize=4096)
def check_for(kind: GroupKind) -> Check | None:
    """Return the check of a kind, None if no family has it."""
    if kind in _EXACT:
        return _EXACT[kind]
    return next(
        (check for group, name, check in _GLOBS if matches(group, kind.group) and matches(name, kind.kind)), None
    )


def check_of_deletion(kind: GroupKind) -> Check | None:
    """Return the check that says what an object waits for that is being deleted, None for all but a few kinds."""
    return _DELETING.get(kind)


def all_checks() -> list[tuple[str, Check]]:
    """Return every group and kind that a family has, or glob of them, with its check; for tests and documents."""
    return [(name, check) for table in _FAMILIES for name, check in table.items()]
