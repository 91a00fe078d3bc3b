"""MariaDB and Percona Server for MongoDB: leave alone, shut down, and back.

Source: mariadb-operator ("suspend reconciliation"), docs.percona.com ("pause or resume").
"""

from argosy.engine.actions.flux import RESUME, SUSPEND
from argosy.engine.actions.form import Action, patches
from argosy.engine.health.form import is_, not_

_PAUSED = is_("spec.pause", True)

TABLE = {
    "k8s.mariadb.com/MariaDB": (SUSPEND, RESUME),
    "psmdb.percona.com/PerconaServerMongoDB": (
        Action(
            name="pause",
            does=patches({"spec": {"pause": True}}),
            disabled=_PAUSED,
            icon_class="fa fa-fw fa-pause-circle",
        ),
        Action(
            name="unpause",
            does=patches({"spec": {"pause": False}}),
            disabled=not_(_PAUSED),
            icon_class="fa fa-fw fa-play-circle",
        ),
    ),
}
