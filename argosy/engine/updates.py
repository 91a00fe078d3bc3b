"""An event -> whether it is worth a comparison: do two versions of a live object differ in anything that counts (3.36)?

Called by the controller's live cache with the rules of `settings.update_rules`. An object that nobody tracks is asked
about only if it says so itself: `asks_to_be_ignored`.
"""

from argosy.engine.health import Health
from argosy.engine.model.resource import Manifest, annotations_of
from argosy.engine.normalise import Rules, Unanswerable, Unanswered, ignored, jq, managers, status

IGNORE = "argocd.argoproj.io/ignore-resource-updates"


def asks_to_be_ignored(manifest: Manifest) -> bool:
    """Return whether an object that no application tracks, such as a Pod of a Deployment, is to be looked at too."""
    return annotations_of(manifest).get(IGNORE) == "true"


def matters(before: Manifest, after: Manifest, rules: Rules, *, was: Health | None, is_: Health | None) -> bool:
    """Return whether the change counts: its health is another, or a field that is not ignored.

    `was` and `is_` are the health of the two versions. A rule in jq that has no answer ignores nothing: then the
    change counts, which costs a comparison and is never wrong.
    """
    if was != is_:
        return True
    left, right = (_counted(each, rules) for each in (before, after))
    names = rules.managers(after)
    if names:
        left, right = managers.without_owned(left, right, managers.owned_by(after, names))
    return left != right


def _counted(manifest: Manifest, rules: Rules) -> Manifest:
    try:
        left = jq.without(manifest, rules)
    except (Unanswered, Unanswerable):
        left = manifest
    return ignored.without(status.without(left, rules), rules)
