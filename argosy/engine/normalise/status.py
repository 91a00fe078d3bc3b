"""Status is what a controller saw, not what a user wants: it does not count, unless the settings say so."""

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules


def without(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without `status`, as `resource.compareoptions.ignoreResourceStatusField` has it."""
    if "status" not in manifest or rules.ignore_status == "none":
        return manifest
    if rules.ignore_status == "crd" and manifest.get("kind") != "CustomResourceDefinition":
        return manifest
    return {key: value for key, value in manifest.items() if key != "status"}
