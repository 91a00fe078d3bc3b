"""What a source rendered to: made by `render`, kept by `cache`, sent by `service`."""

import msgspec

from argosy.engine.model.application import SourceType


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """What a source rendered to; `manifests` is the JSON of a list of `RenderedManifest`, as the answer holds it.

    `api_versions` are those that the templates asked for, None for all of them. `hermetic` is false where the render
    is no function of what is known to have been read (a plugin's). A `random` one may hold a password that was made by
    chance: it is remembered for its application, and told to no other. The `fingerprint` stands for the manifests.
    """

    source_type: SourceType
    manifests: bytes
    notes: str = ""
    warnings: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    api_versions: tuple[str, ...] | None = ()
    hermetic: bool = True
    random: bool = False
    fingerprint: str = ""
