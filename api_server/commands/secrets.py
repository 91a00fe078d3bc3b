"""The Secrets that the API writes for repositories and clusters: named, labelled and encoded as Argo CD does (6.46)."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from api_server.server import Server
from api_server.watching import SECRETS
from argosy.engine.settings.secrets import MANAGED_BY, MANAGER, TYPE_LABEL
from argosy.gateways.kubernetes.errors import NotFound

_FNV_OFFSET, _FNV_PRIME, _WORD = 2166136261, 16777619, 2**32


def secret(server: Server, name: str, kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the Secret that holds the texts; empty ones are left out."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": name,
            "namespace": server.namespace,
            "labels": {TYPE_LABEL: kind},
            "annotations": {MANAGED_BY: MANAGER},
        },
        "data": {key: base64.b64encode(text.encode()).decode() for key, text in texts.items() if text},
    }


def repository_name(url: str, project: str) -> str:
    """Return `repo-<hash>`, the name that Argo CD gives to the Secret of this repository."""
    return f"repo-{_fnv1a(url + project)}"


def template_name(url: str) -> str:
    """Return `creds-<hash>`, the name that Argo CD gives to the Secret of this credential template."""
    return f"creds-{_fnv1a(url)}"


def cluster_name(server: str) -> str:
    """Return `cluster-<host>-<hash>`, the name that Argo CD gives to the Secret of this cluster."""
    host = (urlsplit(server).hostname or "").replace(":", "")
    return f"cluster-{host}-{_fnv1a(server)}"


async def write(server: Server, manifest: Mapping[str, Any], *, over: str) -> None:
    """Create the Secret; or, where `over` names one, put the data in place of that one's."""
    cluster = server.outside.cluster
    if over:
        held = await cluster.get(SECRETS, over, namespace=server.namespace)
        gone = {key: None for key in held.get("data") or {} if key not in manifest["data"]}
        written = await cluster.patch(SECRETS, over, {"data": {**manifest["data"], **gone}}, namespace=server.namespace)
    else:
        written = await cluster.create(SECRETS, manifest)
    server.watches.settings.take(written)


async def delete(server: Server, name: str, *, managed: bool) -> None:
    """Delete a Secret that the API made; one that somebody else made only loses its label, as Argo CD does it.

    One that is gone already is no error.
    """
    cluster = server.outside.cluster
    with suppress(NotFound):
        if managed:
            await cluster.delete(SECRETS, name, namespace=server.namespace, propagation="Background")
        else:
            unlabelled = {"metadata": {"labels": {TYPE_LABEL: None}}}
            await cluster.patch(SECRETS, name, unlabelled, namespace=server.namespace)
    server.watches.settings.drop({"kind": "Secret", "metadata": {"name": name, "namespace": server.namespace}})


def _fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash."""
    found = _FNV_OFFSET
    for byte in text.encode():
        found = (found ^ byte) * _FNV_PRIME % _WORD
    return found
