"""Kinds with an action or two: Strimzi's pods, GitOps Promoter's pull requests.

Source: strimzi.io ("rolling Pods manually"), gitops-promoter.readthedocs.io (`spec.state` of a PullRequest).
"""

from argosy.engine.actions.form import Action, annotates, annotation_is, patches
from argosy.engine.health.form import either, is_, not_

_ROLLING = "strimzi.io/manual-rolling-update"

TABLE = {
    "core.strimzi.io/StrimziPodSet": (
        Action(name="rolling-update", does=annotates({_ROLLING: "true"}), disabled=annotation_is(_ROLLING, "true")),
    ),
    "promoter.argoproj.io/PullRequest": (
        Action(
            name="merge",
            does=patches({"spec": {"state": "merged"}}),
            disabled=either(not_(is_("spec.state", "open")), not_(is_("status.state", "open"))),
            display_name="Merge PR",
            icon_class="fa fa-fw fa-code-merge",
        ),
    ),
}
