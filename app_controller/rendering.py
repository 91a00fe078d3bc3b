"""The second stage: an admitted application -> what its sources render to, asked of the repo server.

What was rendered last is asked for again only if something that it depends on has changed. Called by `compare`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from app_controller.admission import Admitted
from app_controller.outside import Outside
from app_controller.queue import ApplicationKey, Level
from argosy.engine import status
from argosy.engine.comparison import Rendering
from argosy.engine.errors import Retry, Stuck
from argosy.engine.model.application import Condition, SourceType
from argosy.engine.model.resource import Manifest
from argosy.engine.packed import PackedSet, pack_all
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.wire.repo_server import RenderAnswer, RenderedSource, RenderRequest

_REPOSITORY_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the sources rendered to, and the request, which holds everything that this depended on.

    `sources` are the manifests of each source; `known` those by their fingerprints, which need not be sent again.
    """

    request: RenderRequest
    rendering: Rendering
    sources: tuple[PackedSet, ...]
    conditions: tuple[Condition, ...] = ()
    known: Mapping[str, PackedSet] = field(default_factory=dict)

    def manifests(self) -> tuple[Manifest, ...]:
        """Return the manifests of all sources, in order; made anew each time."""
        return tuple(chain.from_iterable(source.manifests() for source in self.sources))


async def render(admitted: Admitted, level: Level, outside: Outside, last: Rendered | None) -> Rendered:
    """Return what the sources render to: `last` itself while nothing that it depends on changes."""
    reuse = last if last is not None and level < Level.LATEST and _same_sources(admitted, last) else None
    try:
        revisions = reuse.rendering.revisions if reuse else await _resolve(admitted, level, outside)
        request = _request(admitted, revisions, last)
        if last is not None and last.request == request:
            return last
        known = tuple(last.known) if last is not None else ()
        asked = msgspec.structs.replace(request, fresh=level >= Level.HARD, known=known)
        answered, answer = await requests.render(outside.manifests, asked, admitted.tenant)
    except Unavailable as error:
        raise Retry(str(error), after=_REPOSITORY_PAUSE) from error
    except Refused as error:
        if error.code == "unavailable":
            raise Retry(str(error), after=_REPOSITORY_PAUSE) from error
        raise Stuck(str(error)) from error
    return _rendered(msgspec.structs.replace(answered, fresh=False, known=()), answer, last)


def _rendered(request: RenderRequest, answer: RenderAnswer, last: Rendered | None) -> Rendered:
    types: tuple[SourceType, ...] = tuple(source.source_type for source in answer.sources)
    before = last.known if last is not None else {}
    given = tuple(before[each.fingerprint] if each.unchanged else _packed(each) for each in answer.sources)
    known = {source.fingerprint: each for source, each in zip(answer.sources, given, strict=True) if source.fingerprint}
    found = tuple(source.revision for source in answer.sources)
    warnings: Iterable[tuple[SourceType, str]] = (
        (kind, each) for kind, source in zip(types, answer.sources, strict=True) for each in source.warnings
    )
    return Rendered(request, Rendering(found, types), given, status.source_conditions(warnings), known)


def _packed(source: RenderedSource) -> PackedSet:
    return pack_all([each.manifest for each in source.manifests])


def _same_sources(admitted: Admitted, last: Rendered) -> bool:
    return tuple(each.source for each in last.request.sources) == admitted.application.sources


async def _resolve(admitted: Admitted, level: Level, outside: Outside) -> tuple[str, ...]:
    metadata = admitted.application.metadata
    sources = [(source, requests.repository_of(admitted.tenant, source)) for source in admitted.application.sources]
    key, timers = ApplicationKey(metadata.namespace, metadata.name), admitted.settings.timers
    return await outside.revisions.of(key, sources, timers, fresh=level >= Level.FRESH)


def _request(admitted: Admitted, revisions: tuple[str, ...], last: Rendered | None) -> RenderRequest:
    return requests.render_request(
        admitted.tenant,
        admitted.place.instance,
        destination=requests.Destination(admitted.cache.server_version, admitted.cache.api_versions),
        revisions=revisions,
        needed=last.request.repositories if last is not None else (),
    )
