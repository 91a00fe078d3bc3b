"""mariadb-operator: servers, databases, users, grants, backups and SQL jobs. Source: its API reference, "Conditions".

Ready and Complete have the reason and the message of the last step. A failed job says Complete True, because it is
over; a schedule gives the reason CronJobScheduled both for a run that is to come and for one that failed.
"""

from argosy.engine.health.form import (
    degraded,
    either,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
    unknown,
)

_NO_STATUS = "No status info available"
_READY = "{conditions[Ready].message}"
_SERVER = first_of(
    healthy(true("Ready"), _READY),
    suspended(false("Ready", "Suspended"), _READY),
    degraded(false("Ready", "Failed"), "{conditions[Ready].reason} {conditions[Ready].message}"),
    otherwise("Progressing", "{conditions[Ready].message|" + _NO_STATUS + "}"),
)
_OBJECT = first_of(
    healthy(true("Ready"), _READY),
    degraded(false("Ready"), "{conditions[Ready].reason} {conditions[Ready].message}"),
    otherwise("Progressing", "{conditions[Ready].message|" + _NO_STATUS + "}"),
)

_RUN = "{conditions[Complete].message}"
_FAILED = is_("status.conditions[Complete].message", "Failed")
_JOB = first_of(
    progressing(either(lacks("status.conditions[Complete]"), unknown("Complete")), _NO_STATUS),
    degraded(
        either(_FAILED, true("Complete", "JobFailed"), false("Complete", "JobFailed", "Failed")),
        "{conditions[Complete].reason} {conditions[Complete].message}",
    ),
    suspended(is_("status.conditions[Complete].reason", "JobSuspended"), _RUN),
    healthy(either(true("Complete"), false("Complete", "CronJobScheduled")), _RUN),
    otherwise("Progressing", _RUN),
)

TABLE = {
    "k8s.mariadb.com/Backup": _JOB,
    "k8s.mariadb.com/Database": _OBJECT,
    "k8s.mariadb.com/Grant": _OBJECT,
    "k8s.mariadb.com/MariaDB": _SERVER,
    "k8s.mariadb.com/SqlJob": _JOB,
    "k8s.mariadb.com/User": _OBJECT,
    "mariadb.mmontes.io/MariaDB": _SERVER,
}
