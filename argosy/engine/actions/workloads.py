"""Deployment, StatefulSet, DaemonSet: what `kubectl rollout` and `kubectl scale` do. Source: kubernetes.io/docs."""

from argosy.engine.actions.defined import Parameter
from argosy.engine.actions.form import Action, Asked, Patch, patches, whole_number
from argosy.engine.health.form import is_, not_
from argosy.engine.times import text

_PAUSED = is_("spec.paused", True)


def _restarted(asked: Asked) -> Patch:
    annotations = {"kubectl.kubernetes.io/restartedAt": text(asked.now)}
    return {"spec": {"template": {"metadata": {"annotations": annotations}}}}


def _scaled(asked: Asked) -> Patch:
    return {"spec": {"replicas": whole_number(asked, "replicas")}}


_RESTART = Action(name="restart", does=patches(_restarted), icon_class="fa fa-fw fa-redo")
_SCALE = Action(
    name="scale", does=patches(_scaled), icon_class="fa fa-fw fa-plus-circle", parameters=(Parameter("replicas"),)
)
_PAUSE = Action(
    name="pause", does=patches({"spec": {"paused": True}}), disabled=_PAUSED, icon_class="fa fa-fw fa-pause-circle"
)
_RESUME = Action(
    name="resume",
    does=patches({"spec": {"paused": None}}),
    disabled=not_(_PAUSED),
    icon_class="fa fa-fw fa-play-circle",
)

TABLE = {
    "apps/Deployment": (_RESTART, _PAUSE, _RESUME, _SCALE),
    "apps/StatefulSet": (_RESTART, _SCALE),
    "apps/DaemonSet": (_RESTART,),
}
