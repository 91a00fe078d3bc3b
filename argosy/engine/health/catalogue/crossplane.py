"""Crossplane: managed and composed resources, packages and their revisions, claims' definitions, and its old stacks.

Source: docs.crossplane.io, "Managed resources" (Ready, Synced, ReconcilePaused), "Providers" and "Configurations"
(Installed, Healthy), "Composite resource definitions" (Established, Offered), "Argo CD" (kinds without a status).
"""

from argosy.engine.health.form import (
    FirstOf,
    condition,
    degraded,
    either,
    every,
    false,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest

_UP_TO_DATE = "Resource is up-to-date."
_PROVISIONING = "Provisioning ..."
_WITHOUT_STATUS = (
    "ClusterProviderConfig",
    "ClusterProviderConfigUsage",
    "Composition",
    "CompositionRevision",
    "ControllerConfig",
    "DeploymentRuntimeConfig",
    "EnvironmentConfig",
    "ImageConfig",
    "ProviderConfig",
    "ProviderConfigUsage",
    "StoreConfig",
)

_RESOURCE = first_of(
    suspended(false("Synced", "ReconcilePaused"), "{conditions[Synced].reason}"),
    degraded(false("LastAsyncOperation"), "{conditions[LastAsyncOperation].message}"),
    degraded(false("Synced"), "{conditions[Synced].message}"),
    degraded(false("Healthy"), "{conditions[Healthy].message}"),
    degraded(false("RevisionHealthy"), "{conditions[RevisionHealthy].message}"),
    degraded(false("RuntimeHealthy"), "{conditions[RuntimeHealthy].message}"),
    degraded(false("ValidPipeline"), "{conditions[ValidPipeline].message}"),
    progressing(either(false("Ready"), false("Installed"), false("Established"), false("Offered")), _PROVISIONING),
    healthy(
        either(
            true("Ready"),
            true("Healthy"),
            true("RevisionHealthy"),
            true("Offered"),
            true("Established"),
            true("ValidPipeline"),
        ),
        _UP_TO_DATE,
    ),
    healthy(every(is_("kind", "ProviderConfig", "ClusterProviderConfig"), has("status.users")), "Resource is in use."),
    healthy(every(is_("kind", *_WITHOUT_STATUS), lacks("status.conditions")), _UP_TO_DATE),
    otherwise("Progressing", _PROVISIONING),
)


def _reasons(manifest: Manifest) -> str:
    found = (condition(manifest, kind).get("reason") for kind in ("Installed", "Healthy"))
    return " ".join(str(reason) for reason in found if reason)


_PROVIDER = first_of(
    progressing(lacks("status.conditions"), "Waiting for provider to be installed"),
    degraded(false("Healthy"), _reasons),
    suspended(false("Installed", "InactivePackageRevision"), _reasons),
    progressing(false("Installed", "UnpackingPackage"), _reasons),
    degraded(false("Installed"), _reasons),
    healthy(every(true("Installed"), true("Healthy")), _reasons),
    otherwise("Progressing", "Waiting for provider to be installed"),
)

_STACK_CONDITIONS = "status.conditionedStatus.conditions"
_STACK = first_of(
    degraded(is_(f"{_STACK_CONDITIONS}[Synced].status", "False"), f"{{{_STACK_CONDITIONS}[Synced].reason}}"),
    healthy(is_(f"{_STACK_CONDITIONS}[Ready].status", "True"), f"{{{_STACK_CONDITIONS}[Ready].reason}}"),
    progressing(has(f"{_STACK_CONDITIONS}[Ready]"), f"{{{_STACK_CONDITIONS}[Ready].reason}}"),
    otherwise("Progressing", "Waiting for stack to be installed"),
)


def _aws(name: str) -> FirstOf:
    """Return the check of a kind of provider-aws, which says of each what it waits for."""
    return first_of(
        progressing(lacks("status.conditions"), f"Waiting for {name} to be created"),
        suspended(false("Synced", "ReconcilePaused"), "{conditions[Synced].reason}"),
        degraded(false("Synced"), "{conditions[Synced].message}"),
        healthy(true("Ready"), "{conditions[Ready].reason}"),
        otherwise("Progressing", f"Waiting for {name} to be available"),
    )


TABLE = {
    "cloudfront.aws.crossplane.io/Distribution": _aws("distribution"),
    "iam.aws.crossplane.io/Policy": _aws("policy"),
    "iam.aws.crossplane.io/Role": _aws("role"),
    "iam.aws.crossplane.io/RolePolicyAttachment": _aws("rolepolicyattachment"),
    "pkg.crossplane.io/Provider": _PROVIDER,
    "rds.aws.crossplane.io/DBCluster": _aws("DBCluster"),
    "rds.aws.crossplane.io/DBInstance": _aws("DBInstance"),
    "route53.aws.crossplane.io/ResourceRecordSet": _aws("resourcrecordset"),
    "s3.aws.crossplane.io/Bucket": _aws("bucket"),
    "stacks.crossplane.io/ClusterStackInstall": _STACK,
    "*.crossplane.io/*": _RESOURCE,
    "*.upbound.io/*": _RESOURCE,
}
