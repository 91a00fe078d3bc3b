"""Build what is sent to an API server: pure, called by `client`. All writes carry our field manager."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes.errors import Invalid
from argosy.gateways.kubernetes.port import ApiResource, PatchType, Precondition, Propagation, Shape

FIELD_MANAGER = "argocd-controller"

_JSON = "application/json"
_PATCH_TYPES: Mapping[PatchType, str] = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}
# Who cannot leave out the rest sends whole objects.
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `target` already holds path and query, escaped."""

    verb: str
    """The API verb, as requests are counted: `get`, `list`, `watch`, `apply`, `create`, `update`, `patch`, ..."""
    method: str
    target: str
    subject: str
    """What it is about, for messages: `deployments.apps demo/web`."""
    resource: str = ""
    """Plural and group, as requests are counted: `deployments.apps`, `pods`; empty for what is not a kind."""
    body: bytes | None = None
    content_type: str = _JSON
    accept: str = _JSON

    @property
    def sensitive(self) -> bool:
        """Whether the API server's words about it may quote a Secret's values."""
        return self.resource == "secrets"


def discovery(path: str) -> Request:
    """Ask for the aggregated discovery document at `/api` or `/apis`, or whatever older servers have there."""
    return Request("discover", "GET", path, subject=f"discovery {path}", accept=_AGGREGATED)


def raw(path: str, query: Mapping[str, str]) -> Request:
    """Read a path as it is. Raises `Invalid` if it could lead to another host."""
    if not path.startswith("/") or path.startswith("//"):
        raise Invalid(f"path {path!r} does not start with one slash")
    return Request("get", "GET", _target(quote(path, safe="/%:@!$&'()*+,;=~"), query), subject=path, accept="*/*")


def get(resource: ApiResource, name: str, *, namespace: str) -> Request:
    """Read one object."""
    return _about("get", "GET", resource, name, namespace=namespace)


def list_page(
    resource: ApiResource, *, namespace: str, label_selector: str, shape: Shape, limit: int, after: str
) -> Request:
    """Read one page of a list: a consistent one, not from a cache of unknown age."""
    query = {"limit": str(limit), "continue": after, "labelSelector": label_selector}
    accept = _METADATA_LIST if shape == "metadata" else _JSON
    return _about("list", "GET", resource, "", namespace=namespace, query=query, accept=accept)


def watch(
    resource: ApiResource, *, resource_version: str, namespace: str, label_selector: str, shape: Shape, seconds: int
) -> Request:
    """Watch a kind; the server ends the watch after `seconds`."""
    query = {
        "watch": "1",
        "allowWatchBookmarks": "true",
        "resourceVersion": resource_version,
        "timeoutSeconds": str(seconds),
        "labelSelector": label_selector,
    }
    accept = _METADATA if shape == "metadata" else _JSON
    return _about("watch", "GET", resource, "", namespace=namespace, query=query, accept=accept)


def may(verb: str, resource: ApiResource, *, namespace: str) -> Request:
    """Ask what we may do; this is no write, although it is sent like one."""
    attributes = {
        "verb": verb,
        "group": resource.group,
        "resource": resource.plural,
        "version": resource.version,
        "namespace": namespace,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    plural = "selfsubjectaccessreviews.authorization.k8s.io"
    target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    return Request("review", "POST", target, f"{verb} {resource.plural}", plural, orjson.dumps(review))


def apply(resource: ApiResource, manifest: Manifest, *, dry_run: bool) -> Request:
    """Server-side apply, forced; JSON is YAML."""
    name, namespace = _identity(manifest)
    return _about(
        "apply",
        "PATCH",
        resource,
        name,
        namespace=namespace,
        query={**_write(dry_run=dry_run), "force": "true"},
        body=orjson.dumps(manifest),
        content_type="application/apply-patch+yaml",
    )


def create(resource: ApiResource, manifest: Manifest, *, dry_run: bool) -> Request:
    """Create an object; it may have `generateName` in place of a name."""
    name, namespace = _identity(manifest)
    query = _write(dry_run=dry_run)
    return _about("create", "POST", resource, name, namespace=namespace, query=query, body=orjson.dumps(manifest))


def replace(resource: ApiResource, manifest: Manifest, *, dry_run: bool) -> Request:
    """Replace an object."""
    name, namespace = _identity(manifest)
    query = _write(dry_run=dry_run)
    return _about("update", "PUT", resource, name, namespace=namespace, query=query, body=orjson.dumps(manifest))


def patch(
    resource: ApiResource,
    name: str,
    body: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    namespace: str,
    patch_type: PatchType,
    dry_run: bool,
    shape: Shape,
    subresource: str = "",
) -> Request:
    """Patch an object, or a subresource of it."""
    return _about(
        "patch",
        "PATCH",
        resource,
        name,
        namespace=namespace,
        query=_write(dry_run=dry_run),
        body=orjson.dumps(body),
        content_type=_PATCH_TYPES[patch_type],
        accept=_METADATA if shape == "metadata" else _JSON,
        subresource=subresource,
    )


def delete(
    resource: ApiResource, name: str, *, namespace: str, propagation: Propagation, precondition: Precondition
) -> Request:
    """Delete an object if it still is the one that the precondition names."""
    conditions = {"uid": precondition.uid, "resourceVersion": precondition.resource_version}
    options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
    if any(conditions.values()):
        options["preconditions"] = {field: value for field, value in conditions.items() if value}
    return _about("delete", "DELETE", resource, name, namespace=namespace, body=orjson.dumps(options))


def _write(*, dry_run: bool) -> dict[str, str]:
    return {"fieldManager": FIELD_MANAGER, "dryRun": "All" if dry_run else ""}


def _identity(manifest: Manifest) -> tuple[str, str]:
    metadata = manifest.get("metadata") or {}
    return str(metadata.get("name") or metadata.get("generateName") or ""), str(metadata.get("namespace") or "")


def _about(
    verb: str,
    method: str,
    resource: ApiResource,
    name: str,
    *,
    namespace: str,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    content_type: str = _JSON,
    accept: str = _JSON,
    subresource: str = "",
) -> Request:
    plural = f"{resource.plural}.{resource.group}" if resource.group else resource.plural
    place = f"{namespace}/{name}" if namespace and name else namespace or name
    subject = f"{plural} {place}" if place else plural
    if resource.namespaced and not namespace and verb not in ("list", "watch"):
        raise Invalid(f"{subject}: {resource.kind} is namespaced, but no namespace is given")
    parts = [f"apis/{resource.group}" if resource.group else "api", resource.version]
    if namespace and resource.namespaced:
        parts += ["namespaces", _segment(namespace, subject)]
    parts.append(resource.plural)
    if verb not in ("list", "watch", "create"):
        parts += [_segment(name, subject), *([subresource] if subresource else ())]
    target = _target("/" + "/".join(parts), query or {})
    return Request(verb, method, target, subject, plural, body, content_type, accept)


def _segment(value: str, subject: str) -> str:
    """Escape a path segment; dots alone would change the path."""
    if value in ("", ".", ".."):
        raise Invalid(f"{subject}: {value!r} is not a name")
    return quote(value, safe="")


def _target(path: str, query: Mapping[str, str]) -> str:
    text = urlencode({key: value for key, value in query.items() if value})
    return f"{path}?{text}" if text else path
