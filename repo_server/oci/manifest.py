"""What a registry keeps under a tag or digest: a manifest of layers, or an index of manifests. Pure.

Comes in: bytes whose digest was verified. Goes out: an `ImageManifest`, or an `ImageIndex` with the one manifest that
it can mean. Nothing that a manifest says of other places (foreign layers' URLs) is believed.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from repo_server.errors import Refused
from repo_server.oci.place import is_digest

MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
LAYER_TYPES = ("application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip", CHART_LAYER)
"""The media types of an artifact's layer that Argo CD reads unless it is told otherwise."""

_LEGACY_CHART_LAYER = "application/tar+gzip"
_MOST_LAYERS = 10

Size = Annotated[int, msgspec.Meta(ge=0)]


class Platform(msgspec.Struct, frozen=True, gc=False):
    """What a manifest of an index runs on."""

    os: str = ""
    architecture: str = ""


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """Content by its digest, with the size and type that it is said to have."""

    media_type: str
    digest: str
    size: Size
    platform: Platform | None = None
    annotations: Mapping[str, str] | None = None


class ImageManifest(msgspec.Struct, frozen=True, rename="camel"):
    """Layers, what configures them, and what is said of them."""

    layers: tuple[Descriptor, ...]
    config: Descriptor | None = None
    annotations: Mapping[str, str] | None = None


class ImageIndex(msgspec.Struct, frozen=True):
    """Manifests to choose from."""

    manifests: tuple[Descriptor, ...]


class _Either(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str = ""
    layers: msgspec.Raw = msgspec.Raw()
    manifests: msgspec.Raw = msgspec.Raw()


def read(content: bytes, *, name: str) -> ImageManifest | ImageIndex:
    """Read a manifest or index; `name` is for messages. Raises `Refused` (render_failed)."""
    try:
        either = msgspec.json.decode(content, type=_Either)
        if bool(bytes(either.layers)) == bool(bytes(either.manifests)):
            # What is both could be taken for either, by two programs in two ways (CVE-2021-41190).
            raise Refused("render_failed", f"{name} is no manifest: it must have either layers or manifests")
        if bytes(either.layers):
            return msgspec.json.decode(content, type=ImageManifest)
        return msgspec.json.decode(content, type=ImageIndex)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refused("render_failed", f"the manifest of {name} cannot be read: {error}") from error


def only_one(index: ImageIndex, *, name: str) -> Descriptor:
    """Return the manifest that an index means, attestations left aside. Raises `Refused` if there is not just one."""
    candidates = [
        item
        for item in index.manifests
        if item.media_type in (*MANIFEST_TYPES, *INDEX_TYPES) and not _is_attestation(item)
    ]
    if len(candidates) != 1:
        raise Refused(
            "render_failed",
            f"{name} is an index of {len(candidates)} manifests; set spec.source.targetRevision to the digest of one",
        )
    return candidates[0]


def chart_layer(manifest: ImageManifest, *, name: str) -> Descriptor:
    """Return the layer that holds a Helm chart; its provenance is another. Raises `Refused` if it is no chart."""
    if manifest.config is None or manifest.config.media_type != CHART_CONFIG:
        kind = manifest.config.media_type if manifest.config is not None else "none"
        raise Refused(
            "render_failed",
            f"{name} is not a Helm chart: its config is of type {kind[:100]!r}; remove spec.source.chart and set "
            "spec.source.repoURL to oci://... for another kind of artifact",
        )
    layers = [layer for layer in manifest.layers if layer.media_type in (CHART_LAYER, _LEGACY_CHART_LAYER)]
    return _single(layers, manifest, name=name, what="chart layer")


def content_layer(manifest: ImageManifest, *, allowed: tuple[str, ...], name: str) -> Descriptor:
    """Return the one layer with the content of an artifact, as Argo CD looks for it: of those that are tar archives.

    Others (provenance, attestations) are passed over. Raises `Refused`.
    """
    layers = [layer for layer in manifest.layers if layer.media_type.endswith(("tar+gzip", "tar"))]
    for layer in layers:
        if layer.media_type not in allowed:
            raise Refused(
                "render_failed",
                f"{name}: its layer is of type {layer.media_type[:100]!r}; allowed are {', '.join(allowed)}",
            )
    return _single(layers, manifest, name=name, what="content layer")


def _single(layers: list[Descriptor], manifest: ImageManifest, *, name: str, what: str) -> Descriptor:
    if len(manifest.layers) > _MOST_LAYERS:
        raise Refused("render_failed", f"{name} has {len(manifest.layers):,} layers; at most {_MOST_LAYERS} are read")
    if len(layers) != 1:
        raise Refused("render_failed", f"{name} has {len(layers)} {what}s; it must have one")
    if not is_digest(layers[0].digest):
        raise Refused("render_failed", f"{name}: the digest {layers[0].digest[:100]!r} is none that can be verified")
    return layers[0]


def _is_attestation(item: Descriptor) -> bool:
    unknown = item.platform is not None and item.platform.os == item.platform.architecture == "unknown"
    return unknown or (item.annotations or {}).get("vnd.docker.reference.type") == "attestation-manifest"
