"""What an object of GitOps Promoter that is being deleted waits for. Source: its documentation, "Finalizers".

A finalizer stands for work that a controller still has to do; taking it away by hand leaves that undone. Asked by
`health.assess`, which without an answer says no more than that the deletion is pending.
"""

from collections.abc import Callable

from argosy.engine.health.form import at
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest

_WORK = {
    "changetransferpolicy.promoter.argoproj.io/finalizer": (
        "Waiting until related PullRequests no longer carry the finalizer of the ChangeTransferPolicy.",
        "PullRequest objects can be left terminating.",
    ),
    "changetransferpolicy.promoter.argoproj.io/pullrequest-finalizer": (
        "Waiting for the ChangeTransferPolicy to observe PR identity and state.",
        "promotion status or history can be wrong or racy.",
    ),
    "clusterscmprovider.promoter.argoproj.io/finalizer": (
        "Waiting until no GitRepository still references this cluster-wide SCM provider.",
        "GitRepository objects can reference a provider that no longer exists.",
    ),
    "gitrepository.promoter.argoproj.io/finalizer": (
        "Waiting until no PullRequest still references this repository.",
        "PullRequest objects can reference a repository that no longer exists.",
    ),
    "pullrequest.promoter.argoproj.io/finalizer": (
        "Waiting for SCM closure or reconciliation of the pull request.",
        "the real PR can stay open after the CR is gone.",
    ),
    "scmprovider.promoter.argoproj.io/finalizer": (
        "Waiting until no GitRepository in this namespace still references this provider.",
        "GitRepository objects can reference a provider that no longer exists.",
    ),
}


def _waiting(name: str) -> Callable[[Manifest], Health]:
    def check(manifest: Manifest) -> Health:
        held = at(manifest, "metadata.finalizers")
        sentences = [f"{name} is being deleted."]
        for finalizer in held if isinstance(held, list) else ():
            if finalizer in _WORK:
                wait, risk = _WORK[finalizer]
                sentences.append(f"{finalizer}: {wait} Risk if removed manually: {risk}")
        return Health("Progressing", " ".join(sentences))

    return check


def _gone(name: str) -> Callable[[Manifest], Health]:
    return lambda _: Health("Progressing", f"{name} is being deleted")


DELETING: dict[str, Callable[[Manifest], Health]] = {
    "promoter.argoproj.io/ArgoCDCommitStatus": _gone("Argo CD commit status"),
    "promoter.argoproj.io/ChangeTransferPolicy": _waiting("Change transfer policy"),
    "promoter.argoproj.io/ClusterScmProvider": _waiting("ClusterScmProvider"),
    "promoter.argoproj.io/CommitStatus": _gone("Commit status"),
    "promoter.argoproj.io/GitCommitStatus": _gone("GitCommitStatus"),
    "promoter.argoproj.io/GitRepository": _waiting("GitRepository"),
    "promoter.argoproj.io/PromotionStrategy": _gone("Promotion strategy"),
    "promoter.argoproj.io/PullRequest": _waiting("Pull request"),
    "promoter.argoproj.io/ScmProvider": _waiting("ScmProvider"),
    "promoter.argoproj.io/TimedCommitStatus": _gone("TimedCommitStatus"),
    "promoter.argoproj.io/WebRequestCommitStatus": _gone("WebRequestCommitStatus"),
}
