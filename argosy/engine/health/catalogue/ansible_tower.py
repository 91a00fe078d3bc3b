"""Ansible Automation Platform's resource operator: jobs.

Source: github.com/ansible/awx-resource-operator, `AnsibleJob`. `ansibleJobResult.status` is the job's status of the
controller's interface: new, pending, waiting, running, successful, failed, error or canceled. Before there is a job,
the operator's own Failure tells what prevented it.
"""

from argosy.engine.health.form import Some, degraded, every, first_of, has, healthy, is_, lacks, otherwise, progressing

_RESULT = "status.ansibleJobResult.status"
_JOB = "{status.ansibleJobResult.status} job - {status.ansibleJobResult.url}"
_FAILURE = every(is_("type", "Failure"), is_("status", "True"))
_ANSIBLE_JOB = first_of(
    healthy(is_(_RESULT, "successful"), _JOB),
    degraded(is_(_RESULT, "failed", "error", "canceled"), _JOB),
    degraded(every(lacks(_RESULT), Some("status.conditions", _FAILURE)), "{conditions[Failure].message}"),
    progressing(has(_RESULT), _JOB),
    otherwise("Progressing", "Waiting for AnsibleJob"),
)

TABLE = {"tower.ansible.com/AnsibleJob": _ANSIBLE_JOB}
