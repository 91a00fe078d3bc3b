"""A plan as JSON and back, so that whoever holds the lease goes on where another stopped; manifests are kept apart."""

from collections.abc import Mapping
from typing import Any

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.plan.steps import Apply, CreateNamespace, Hook, Kept, Plan, Prune, Refused, Step, Wave

JsonObject = Mapping[str, Any]


def to_json(plan: Plan) -> JsonObject:
    """Return the plan without its manifests."""
    return {
        "waves": [
            {"phase": wave.phase, "number": wave.number, "steps": [_step_to_json(step) for step in wave.steps]}
            for wave in plan.waves
        ],
        "kept": [{"key": list(kept.key), "because": kept.because} for kept in plan.kept],
        "refused": [{"key": list(refused.key), "because": refused.because} for refused in plan.refused],
        "hooks": [{"key": list(hook.key), "type": hook.type} for hook in plan.hooks],
    }


def action_of(step: Step) -> str:
    """Return the word for what a step does."""
    match step:
        case Apply(exists=True):
            return "apply"
        case Apply():
            return "create"
        case CreateNamespace():
            return "create-namespace"
        case Prune():
            return "prune"


def _step_to_json(step: Step) -> JsonObject:
    common = {"action": action_of(step), "key": list(step.key)}
    if isinstance(step, Prune):
        return {**common, "uid": step.uid, "propagation": step.propagation}
    return common


def from_json(record: JsonObject, manifests: Mapping[ResourceKey, Manifest]) -> Plan:
    """Return the plan that was recorded. Raises `KeyError` for a step whose manifest is not among those given."""
    return Plan(
        waves=tuple(
            Wave(wave["phase"], wave["number"], tuple(_step_from_json(step, manifests) for step in wave["steps"]))
            for wave in record["waves"]
        ),
        kept=tuple(Kept(ResourceKey(*each["key"]), each["because"]) for each in record["kept"]),
        refused=tuple(Refused(ResourceKey(*each["key"]), each["because"]) for each in record["refused"]),
        hooks=tuple(Hook(ResourceKey(*each["key"]), each["type"]) for each in record.get("hooks", ())),
    )


def _step_from_json(step: JsonObject, manifests: Mapping[ResourceKey, Manifest]) -> Step:
    key = ResourceKey(*step["key"])
    match step["action"]:
        case "prune":
            return Prune(key, step["uid"], step["propagation"])
        case "create-namespace":
            return CreateNamespace(key)
        case action:
            return Apply(key, manifests[key], exists=action == "apply")
