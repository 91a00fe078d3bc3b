"""The patch of a status: whichever form it takes, what comes of it is what was wanted."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app_controller import patches
from app_controller.patches import Listed, Merge, Steps

METADATA = {"name": "a", "resourceVersion": "7"}


def resources(changed: Mapping[int, str], count: int) -> list[Any]:
    return [{"name": f"c{number}", "status": changed.get(number, "Synced")} for number in range(count)]


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = merged(kept.get(name), value)
    return kept


def stepped(target: dict[str, Any], steps: list[Mapping[str, Any]]) -> dict[str, Any]:
    """RFC 6902, as far as it is used."""
    status = dict(target["status"])
    status["resources"] = list(status["resources"])
    for step in steps:
        match step["op"], step["path"].split("/")[1:]:
            case "test", ["metadata", "resourceVersion"]:
                assert step["value"] == target["metadata"]["resourceVersion"]
            case "replace", ["status", "resources", place]:
                status["resources"][int(place)] = step["value"]
            case "add", ["status", name]:
                status[name] = step["value"]
            case "remove", ["status", name]:
                del status[name]
            case other:
                raise AssertionError(other)
    return {**target, "status": status}


FIELD = st.sampled_from([None, {"status": "Synced"}, {"status": "OutOfSync", "revision": "a"}, {}])
CHANGES = st.dictionaries(st.integers(0, 149), st.sampled_from(["OutOfSync", "Unknown"]), max_size=30)


@given(
    before=st.fixed_dictionaries({}, optional={"sync": FIELD.filter(bool), "health": FIELD.filter(bool)}),
    fields=st.fixed_dictionaries({}, optional={"sync": FIELD, "health": FIELD}),
    first=CHANGES,
    second=CHANGES,
    count=st.sampled_from([3, 120, 150]),
    more=st.sampled_from([0, 1]),
    remembered=st.booleans(),
    ends=st.booleans(),
)
def test_what_comes_of_a_patch_is_what_was_wanted(
    *,
    before: dict[str, Any],
    fields: dict[str, Any],
    first: Mapping[int, str],
    second: Mapping[int, str],
    count: int,
    more: int,
    remembered: bool,
    ends: bool,
) -> None:
    written, wanted = resources(first, count), resources(second, count + more)
    held = resources(first, count)
    raw = {"metadata": METADATA, "status": {**before, "resources": held}, "operation": {"sync": {}}}
    listed = Listed(held, written) if remembered else None
    patch = patches.patch_for(raw, {**fields, "resources": wanted}, {"sync": {}} if ends else None, listed)
    match patch:
        case None:
            after: Any = raw
        case Merge(body):
            after = merged(raw, body)
        case Steps(steps, status):
            after = stepped(raw, steps)
            assert after["status"] == status
    expected = {**before, **{name: value for name, value in fields.items() if value}, "resources": wanted}
    for name, value in fields.items():
        if not value:
            expected.pop(name, None)
    assert after["status"] == expected
    assert ("operation" in after) is not ends
    if remembered and not ends and not more and count >= 120 and len({*first, *second}) <= 20:
        assert not isinstance(patch, Merge) or "resources" not in patch.body["status"]


def test_a_few_entries_of_a_long_list_are_sent_alone() -> None:
    held = resources({}, 5000)
    raw = {"metadata": METADATA, "status": {"resources": held}}
    wanted = [*held[:17], {"name": "c17", "status": "OutOfSync"}, *held[18:]]
    patch = patches.patch_for(raw, {"resources": wanted}, None, Listed(held, list(held)))
    assert isinstance(patch, Steps)
    assert [step["path"] for step in patch.steps] == ["/metadata/resourceVersion", "/status/resources/17"]


def test_a_list_that_somebody_else_has_written_is_compared_as_a_whole() -> None:
    written, somebody = resources({}, 200), resources({3: "Broken"}, 200)
    raw = {"metadata": METADATA, "status": {"resources": somebody}}
    patch = patches.patch_for(raw, {"resources": written}, None, Listed(list(written), written))
    assert isinstance(patch, Merge)


def test_after_a_merge_that_left_the_list_alone_it_is_not_taken_for_known() -> None:
    assert not patches.settles_resources(Merge({"status": {"sync": {}}}))
    assert patches.settles_resources(Merge({"status": {"resources": []}}))
    assert patches.settles_resources(Steps([], {}))
    assert patches.settles_resources(None)
