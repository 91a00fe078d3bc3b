"""Application, and Argo Workflows' CronWorkflow and WorkflowTemplate. Source: argo-cd.readthedocs.io (`syncPolicy`),
argo-workflows.readthedocs.io (`argo submit --from`, cron workflows, the fields of the API).
"""

from typing import Any

from argosy.engine.actions.form import Action, Asked, Patch, creates, name_after, owner_reference, patches
from argosy.engine.health.form import at
from argosy.engine.model.resource import Manifest, metadata_of
from argosy.engine.times import text

_TOLD = ("labels", "annotations", "finalizers")


def _toggled(asked: Asked) -> Patch:
    """Return the patch that switches automated sync over; without `enabled` it is on if it is there."""
    automated: Any = at(asked.manifest, "spec.syncPolicy.automated")
    is_on = automated is not None and automated.get("enabled") is not False
    return {"spec": {"syncPolicy": {"automated": {"enabled": not is_on}}}}


def _workflow(asked: Asked, metadata: dict[str, Any], spec: Any) -> Manifest:
    whole = {
        "name": name_after(asked),
        "namespace": metadata_of(asked.manifest).get("namespace"),
        **metadata,
        "ownerReferences": [owner_reference(asked.manifest)],
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {key: value for key, value in whole.items() if value},
        "spec": spec,
    }


def _of_cron(asked: Asked) -> Manifest:
    told: Any = at(asked.manifest, "spec.workflowMetadata") or {}
    metadata = {name: told[name] for name in _TOLD if told.get(name)}
    annotations = {**metadata.get("annotations", {}), "workflows.argoproj.io/scheduled-time": text(asked.now)}
    return _workflow(asked, {**metadata, "annotations": annotations}, at(asked.manifest, "spec.workflowSpec") or {})


def _of_template(asked: Asked) -> Manifest:
    name = str(metadata_of(asked.manifest).get("name", ""))
    labels = {"workflows.argoproj.io/workflow-template": name}
    return _workflow(asked, {"labels": labels}, {"workflowTemplateRef": {"name": name}})


TABLE = {
    "argoproj.io/Application": (
        Action(name="toggle-auto-sync", does=patches(_toggled), display_name="Toggle Auto-Sync"),
    ),
    "argoproj.io/CronWorkflow": (
        Action(name="create-workflow", does=creates(_of_cron), display_name="Create Workflow"),
    ),
    "argoproj.io/WorkflowTemplate": (
        Action(name="create-workflow", does=creates(_of_template), display_name="Create Workflow"),
    ),
}
