"""GitOps Promoter: providers, repositories, promotions, gates. Source: gitops-promoter.readthedocs.io, "CRD specs".

All kinds have the condition Ready (`readiness`); gates and promotions say more of each environment; what an object that
is being deleted waits for is known from its finalizers (`deletion`).
"""

from argosy.engine.health.catalogue.promoter.deletion import DELETING
from argosy.engine.health.catalogue.promoter.gates import APPLICATIONS, environments
from argosy.engine.health.catalogue.promoter.promotions import change_transfer_policy, promotion_strategy
from argosy.engine.health.catalogue.promoter.readiness import GATE, OBJECT, REFERENCE, rules, when_ready
from argosy.engine.health.form import FirstOf, every, first_of, has, healthy, otherwise

__all__ = ["DELETING", "TABLE"]

_COMMIT_STATUS = first_of(
    *rules(OBJECT, "commit status"),
    healthy(
        every(has("status.sha"), has("status.phase")),
        "Commit status for commit {status.sha} reports {status.phase}",
    ),
    otherwise("Healthy", "Commit status is healthy"),
)
_PULL_REQUEST = first_of(
    *rules(OBJECT, "pull request"),
    healthy(every(has("status.id"), has("status.state")), "Pull request is {status.state} as PR {status.id}"),
    otherwise("Healthy", "Pull request is healthy"),
)


def _reference(name: str) -> FirstOf:
    return first_of(*rules(REFERENCE, name), otherwise("Healthy", f"{name[0].upper()}{name[1:]} is ready"))


def _gate(name: str, *, subject: str, passed: str) -> FirstOf:
    upper = name[0].upper() + name[1:]
    return first_of(*rules(GATE, name), *environments(upper, subject=subject, passed=passed))


TABLE = {
    "promoter.argoproj.io/ArgoCDCommitStatus": first_of(*rules(OBJECT, "Argo CD commit status"), *APPLICATIONS),
    "promoter.argoproj.io/ChangeTransferPolicy": when_ready(OBJECT, "change transfer policy", change_transfer_policy),
    "promoter.argoproj.io/ClusterScmProvider": _reference("cluster SCM provider"),
    "promoter.argoproj.io/CommitStatus": _COMMIT_STATUS,
    "promoter.argoproj.io/GitCommitStatus": _gate(
        "git commit validation", subject="Git commit validation", passed="passed"
    ),
    "promoter.argoproj.io/GitRepository": _reference("Git repository"),
    "promoter.argoproj.io/PromotionStrategy": when_ready(OBJECT, "promotion strategy", promotion_strategy),
    "promoter.argoproj.io/PullRequest": _PULL_REQUEST,
    "promoter.argoproj.io/ScmProvider": _reference("SCM provider"),
    "promoter.argoproj.io/TimedCommitStatus": _gate(
        "timed commit gate", subject="Timed commit gate", passed="satisfied"
    ),
    "promoter.argoproj.io/WebRequestCommitStatus": _gate(
        "web request commit validation", subject="Web request validation", passed="passed"
    ),
}
