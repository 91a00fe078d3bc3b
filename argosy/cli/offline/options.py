"""Options that the offline commands share. Imports nothing that is heavy."""

from collections.abc import Callable
from typing import Any

from argosy.cli.command import text, texts


def access(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options for settings and credentials, which `circumstances.given` reads."""
    decorators = (
        texts(
            "--settings", explain="File with ConfigMaps and Secrets as the server has them: tools, repositories, trust"
        ),
        text(
            "--credentials-for", explain="URL that $ARGOSY_REPO_USERNAME and $ARGOSY_REPO_PASSWORD are for, and below"
        ),
        text("--ssh-private-key-path", explain="File with the private key for --credentials-for"),
        text("--kustomize-build-options", explain="Options of kustomize build, as --enable-helm"),
        text("--kube-version", explain="Version of Kubernetes that is rendered for, as 1.37.2"),
        texts("--api-versions", explain="API version that the cluster serves, as apps/v1 or apps/v1/Deployment"),
    )
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def root(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare `--local-repo-root`."""
    return text("--local-repo-root", explain="Root of the repository, if not the Git work tree")(function)
