"""External Secrets: fetch or push now. Source: external-secrets.io, "how can I manually trigger a secret refresh?".

Any change of the annotations has the controller look anew, unless the object says that it is to be looked at once.
"""

from argosy.engine.actions.form import Action, If, annotates
from argosy.engine.health.form import at, either, every, has, is_, not_
from argosy.engine.model.resource import Manifest
from argosy.engine.times import text

_ZEROS = ("0", "0s", "0m", "0h", "0m0s", "0h0m0s")


def _has_no_interval(manifest: Manifest) -> bool:
    return str(at(manifest, "spec.refreshInterval")) in _ZEROS


_PERIODIC = either(not_(has("spec.refreshPolicy")), is_("spec.refreshPolicy", "Periodic"))
_ONCE = either(is_("spec.refreshPolicy", "CreatedOnce"), every(_PERIODIC, If(_has_no_interval)))
_AGAIN = annotates(lambda asked: {"force-sync": text(asked.now)})

TABLE = {
    "external-secrets.io/ExternalSecret": (Action(name="refresh", does=_AGAIN, disabled=_ONCE),),
    "external-secrets.io/PushSecret": (Action(name="push", does=_AGAIN),),
}
