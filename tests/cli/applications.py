"""Applications as a server shows them, for the tests beside this file."""

from typing import Any

DEPLOYMENT = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"}


def app(name="web", *, version="10", sync="Synced", health="Healthy", resources=("Healthy",), **status: Any) -> Any:
    """An application with a Git source and one Deployment for each health given."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd", "resourceVersion": version, "labels": {"team": "a"}},
        "spec": {
            "project": "default",
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            "source": {"repoURL": "https://git.example.com/apps.git", "path": "web", "targetRevision": "main"},
            "syncPolicy": {"automated": {"prune": True}},
        },
        "status": {
            "sync": {"status": sync, "revision": "0123456789abcdef0123456789abcdef01234567"},
            "health": {"status": health},
            "reconciledAt": "2026-01-01T00:00:10Z",
            "resources": [
                {**DEPLOYMENT, "name": f"web-{index}", "status": sync, "health": {"status": each}}
                for index, each in enumerate(resources)
            ],
            **status,
        },
    }


def operation(phase="Succeeded", *results: Any, finished="2026-01-01T00:00:05Z", message="") -> Any:
    """The state of an operation."""
    return {
        "phase": phase,
        "message": message,
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": finished,
        "operation": {"sync": {"revision": "main"}},
        "syncResult": {"revision": "0123456789abcdef", "resources": list(results)},
    }


def event(document: Any, kind: str = "MODIFIED") -> str:
    """A line of the stream of applications."""
    import json

    return f"data: {json.dumps({'result': {'type': kind, 'application': document}})}"
