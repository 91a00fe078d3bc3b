"""Make a cluster ready for Argosy: definitions, settings, a first password. Called by `commands.up` before it starts
the processes.

It refuses a cluster that somebody else controls, creates what is missing and changes nothing that is there, but the
three definitions, which are brought up to date, and two settings of an installation that is adopted.
"""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import bcrypt
import yaml

from argosy.cli.errors import CommandError
from argosy.cli.up import objects
from argosy.engine import times
from argosy.gateways.kubernetes.errors import AlreadyExists, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster

Manifest = Mapping[str, Any]

_CRDS = Path(__file__).parent.parent.parent / "crds"
_ARGO_CD = "app.kubernetes.io/name=argocd-application-controller"
_PASSWORD_LENGTH = 16
_LOOKS, _LOOK_EVERY = 100, 0.1
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_VERBS = frozenset({"get", "list", "create", "patch"})


def _kind(group: str, kind: str, plural: str, *, version: str = "v1", namespaced: bool = True) -> ApiResource:
    return ApiResource(group, version, kind, plural, namespaced=namespaced, verbs=_VERBS)


_KINDS = {
    each.kind: each
    for each in (
        _kind("", "Namespace", "namespaces", namespaced=False),
        _kind("", "ConfigMap", "configmaps"),
        _kind("", "Secret", "secrets"),
        _kind("argoproj.io", "AppProject", "appprojects", version="v1alpha1"),
        _kind("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False),
    )
}
_CONTROLLERS = (_kind("apps", "StatefulSet", "statefulsets"), _kind("apps", "Deployment", "deployments"))


@dataclass(frozen=True, slots=True)
class Installed:
    """The installation's identity (the uid of the cluster's `kube-system`) and the password, if it is known."""

    cluster_uid: str
    first_password: str
    made_password: bool


async def install(cluster: Cluster, namespace: str, *, adopt: bool, now: datetime) -> Installed:
    """Make the cluster ready. Raises `CommandError` if it is somebody else's."""
    if adopt:
        await _judge_as_before(cluster, namespace)
    else:
        await _refuse_what_is_not_ours(cluster, namespace)
    for path in sorted(_CRDS.glob("*.yaml")):
        await cluster.apply(_KINDS["CustomResourceDefinition"], yaml.load(path.read_text(), Loader=yaml.CSafeLoader))
    await _create_missing(cluster, [objects.namespace(namespace)])
    await _until_served(cluster, _KINDS["AppProject"])
    made = await _accounts(cluster, namespace, now)
    await _create_missing(cluster, objects.settings(namespace))
    system = await cluster.get(_KINDS["Namespace"], "kube-system")
    password = made or await _first_password(cluster, namespace)
    return Installed(str(system["metadata"]["uid"]), password, made_password=bool(made))


async def _until_served(cluster: Cluster, kind: ApiResource) -> None:
    """Wait for a kind that was defined a moment ago."""
    for _ in range(_LOOKS):
        with suppress(NotFound):
            await cluster.list_page(kind, limit=1)
            return
        await asyncio.sleep(_LOOK_EVERY)
    raise CommandError(f"the cluster does not serve {kind.plural}.{kind.group} although they are defined; try again")


async def _refuse_what_is_not_ours(cluster: Cluster, namespace: str) -> None:
    for kind in _CONTROLLERS:
        page = await cluster.list_page(kind, label_selector=_ARGO_CD, limit=1)
        if page.items:
            raise CommandError(
                "this cluster runs Argo CD's application controller; two controllers would undo each other's work. "
                "Scale it to 0 and run `argosy up --adopt` to take its applications over"
            )
    if await _is_somebody_elses(cluster, namespace):
        raise CommandError(
            f"Secret {namespace}/{objects.ACCOUNTS_SECRET} was not made by Argosy; its accounts are somebody's. "
            "Choose another --namespace, or use it as it is with --adopt"
        )


async def _is_somebody_elses(cluster: Cluster, namespace: str) -> bool:
    """Return whether there are accounts that were not made by us."""
    try:
        found = await cluster.get(_KINDS["Secret"], objects.ACCOUNTS_SECRET, namespace=namespace)
    except NotFound:
        return False
    return objects.OURS not in (found["metadata"].get("annotations") or {})


async def _judge_as_before(cluster: Cluster, namespace: str) -> None:
    """Switch off what would make an adopted installation say something else of its objects, unless it is set."""
    if not await _is_somebody_elses(cluster, namespace):
        return
    try:
        found = await cluster.get(_KINDS["ConfigMap"], objects.SETTINGS, namespace=namespace)
    except NotFound:
        return
    said = found.get("data") or {}
    missing = {key: value for key, value in objects.AS_BEFORE.items() if key not in said}
    if missing:
        await cluster.patch(_KINDS["ConfigMap"], objects.SETTINGS, {"data": missing}, namespace=namespace)


async def _accounts(cluster: Cluster, namespace: str, now: datetime) -> str:
    """Create the accounts Secret with a random password and return it; "" if the Secret exists, which stays."""
    password = "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode()
    made = objects.accounts(
        namespace, password_hash=hashed, changed_at=times.text(now), signing_key=secrets.token_urlsafe(32)
    )
    try:
        await cluster.create(_KINDS["Secret"], made)
    except AlreadyExists:
        return ""
    await _create_missing(cluster, [objects.initial_password(namespace, password)])
    return password


async def _first_password(cluster: Cluster, namespace: str) -> str:
    """Return the password of the first use, "" once somebody has removed it."""
    try:
        found = await cluster.get(_KINDS["Secret"], objects.INITIAL_PASSWORD_SECRET, namespace=namespace)
    except NotFound:
        return ""
    return objects.text_of(found, "password")


async def _create_missing(cluster: Cluster, manifests: Iterable[Manifest]) -> None:
    for manifest in manifests:
        try:
            await cluster.create(_KINDS[manifest["kind"]], manifest)
        except AlreadyExists:
            continue
