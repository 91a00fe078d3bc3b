"""KEDA: pause autoscaling where it is or at a number of replicas. Source: keda.sh, "pausing autoscaling"."""

from argosy.engine.actions.defined import Parameter
from argosy.engine.actions.form import Action, Asked, CannotRun, annotates, annotation_is, whole_number
from argosy.engine.health.form import either, has, not_

_PAUSED = "autoscaling.keda.sh/paused"
_AT_REPLICAS = "autoscaling.keda.sh/paused-replicas"
_PAUSE_ICON, _PLAY_ICON = "fa fa-fw fa-pause-circle", "fa fa-fw fa-play-circle"

_IS_PAUSED = annotation_is(_PAUSED, "true")
_IS_EITHER = either(_IS_PAUSED, has(f"metadata.annotations[{_AT_REPLICAS}]"))


def _at_replicas(asked: Asked) -> dict[str, str | None]:
    try:
        return {_AT_REPLICAS: str(whole_number(asked, "replicas", default="0"))}
    except CannotRun as error:
        raise CannotRun(f"{error} (must be >= 0)") from error


_PAUSE = annotates({_PAUSED: "true"})

TABLE = {
    "keda.sh/ScaledObject": (
        Action(name="pause", does=_PAUSE, disabled=_IS_EITHER, icon_class=_PAUSE_ICON),
        Action(
            name="paused-replicas",
            does=annotates(_at_replicas),
            disabled=_IS_PAUSED,
            icon_class=_PAUSE_ICON,
            parameters=(Parameter("replicas", "0"),),
        ),
        Action(
            name="resume",
            does=annotates({_PAUSED: None, _AT_REPLICAS: None}),
            disabled=not_(_IS_EITHER),
            icon_class=_PLAY_ICON,
        ),
    ),
    "keda.sh/ScaledJob": (
        Action(name="pause", does=_PAUSE, disabled=_IS_PAUSED, icon_class=_PAUSE_ICON),
        Action(name="resume", does=annotates({_PAUSED: None}), disabled=not_(_IS_PAUSED), icon_class=_PLAY_ICON),
    ),
}
