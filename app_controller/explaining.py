"""Why an application is as it is: what was compared last, and what rules hide of it. Called by `serve`.

Nothing is compared anew and nobody is asked but jq, about what `ignoreDifferences` hides.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from app_controller.compare import Compared
from app_controller.judge import Basis
from app_controller.queue import ApplicationKey
from app_controller.work import Work
from argosy.engine import diff
from argosy.engine import explain as explaining
from argosy.engine.diff import Hidden
from argosy.engine.judged import Judged
from argosy.engine.model.application import Application
from argosy.engine.model.explanation import Explanation
from argosy.wire.controller import Missing

_AT_ONCE = 50
"""How many objects are looked at before others get their turn."""


async def explain(key: ApplicationKey, work: Work) -> Explanation | Missing:
    """Return why an application is as it is, masked."""
    try:
        application = work.watched.application(key)
    except msgspec.ValidationError as error:
        return Missing(f"application {key.name} cannot be read: {error}")
    if application is None:
        return Missing(f"application {key.name} is not found in namespace {key.namespace}")
    compared = work.compared(key)
    if compared is None:
        return explaining.not_compared(application)
    return await _explain(application, compared, work)


async def _explain(application: Application, compared: Compared, work: Work) -> Explanation:
    hidden: list[tuple[Judged, Sequence[Hidden]]] = []
    unasked: dict[str, None] = {}
    for number, judged in enumerate(compared.comparison.judged, start=1):
        found = await _hidden(judged, compared.basis)
        if isinstance(found, diff.Unknown):
            unasked[found.reason] = None
        elif found:
            hidden.append((judged, found))
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return explaining.explain(
        application,
        compared.comparison,
        hidden=hidden,
        now=work.outside.clock.now(),
        annotations=compared.admitted.settings.watching.masked_annotations,
        unasked=tuple(unasked),
    )


async def _hidden(judged: Judged, basis: Basis) -> Sequence[Hidden] | diff.Unknown:
    """Return the differences of an object that rules hide; most objects have no rule."""
    kind = basis.rules.of_kind(judged.key.group_kind)
    if judged.desired is None or judged.live is None or not (kind.rules or kind.shipped):
        return ()
    pair, verdict = judged.pair(), judged.verdict
    predicted = verdict.predicted if isinstance(verdict, diff.Changed) else None
    return await basis.answers.decide(
        lambda: diff.hidden(pair, basis.rules, schema=basis.schema(pair), predicted=predicted),
        seconds=basis.jq_seconds,
    )
