"""Keiko's iam-manager: roles. Source: github.com/keikoproj/iam-manager, its API; all states but Ready are errors."""

from argosy.engine.health.form import degraded, first_of, healthy, is_, lacks, otherwise, progressing

_ROLE = "role '{status.roleName}' with ARN '{status.roleARN}' and ID '{status.roleID}'"
_IAM_ROLE = first_of(
    progressing(lacks("status.state"), "Waiting for Iamrole to be reconciled"),
    healthy(is_("status.state", "Ready"), f"Iamrole is ready for {_ROLE}"),
    degraded(
        is_("status.state", "Error", "PolicyNotAllowed", "RolesMaxLimitReached", "RoleNameNotAvailable"),
        f"Failed to reconcile the Iamrole (retry {{status.retryCount}}) for {_ROLE}."
        " Reconciliation error was: {status.errorDescription}",
    ),
    otherwise("Unknown", "{status.state}"),
)

TABLE = {"iammanager.keikoproj.io/Iamrole": _IAM_ROLE}
