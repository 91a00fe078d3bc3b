"""What would have to hold a sync back and is not enforced yet: then the sync is refused, never done without it.

Asked by the controller's `operate` before an attempt. Each entry goes when its rule is built.
"""

from argosy.engine.model.operation import Operation
from argosy.engine.model.project import Project


def reason(project: Project, operation: Operation) -> str | None:
    """Return why the operation must not be carried out, None if nothing that it needs is missing."""
    if project.spec.sync_windows:
        return (
            f"project {project.metadata.name} asks for sync windows (spec.syncWindows); they are not enforced yet, so "
            "nothing is synced while it does"
        )
    if operation.sync is not None and operation.sync.manifests:
        return "operation.sync.manifests: syncing local manifests is not supported yet; commit them to the source"
    return None
