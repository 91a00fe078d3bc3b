"""`resource.customizations` of argocd-cm: what is read of it, and what is said of what cannot be read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import settings
from argosy.engine.actions.defined import Actions, Definition
from argosy.engine.health.policy import Script
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import GroupKind
from argosy.engine.normalise import KnownType, Rule, shipped
from argosy.engine.settings import Reading, Settings

PREFIX = "resource.customizations."


def read(texts: dict[str, str], before: Settings | None = None, **parameters: str) -> Reading:
    maps = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
        for name, data in (("argocd-cm", texts), ("argocd-cmd-params-cm", parameters))
    ]
    found = settings.read(maps, before)
    return Reading(found.settings, tuple(each for each in found.problems if each.object.startswith("ConfigMap")))


def good(texts: dict[str, str]) -> settings.Customisations:
    found = read(texts)
    assert found.problems == ()
    return found.settings.customisations


ACTIONS = """
discovery.lua: return {}
mergeBuiltinActions: true
definitions:
- name: restart
  action.lua: return obj
"""
RULE = "jsonPointers: [/spec/a]\njqPathExpressions: ['.spec.b']\nmanagedFieldsManagers: [somebody]\n"
FIELDS = {
    "json_pointers": ("/spec/a",),
    "jq_path_expressions": (".spec.b",),
    "managed_fields_managers": ("somebody",),
}


def test_5_3_and_5_5_health_scripts_are_read_by_kind() -> None:
    found = good(
        {
            f"{PREFIX}health.apps_Deployment": "return nil",
            f"{PREFIX}health.Pod": "return {}",
            f"{PREFIX}useOpenLibs.apps_Deployment": "true",
        }
    )
    assert set(found.health.scripts) == {Script("apps/Deployment", "return nil", True), Script("Pod", "return {}")}


def test_5_3_health_scripts_are_read_from_the_one_yaml_with_wildcards() -> None:
    one = "'*.crossplane.io/*': {health.lua: return nil, health.lua.useOpenLibs: true}\nPod: {health.lua: x}\n"
    found = good({"resource.customizations": one})
    assert found.health.scripts == (Script("*.crossplane.io/*", "return nil", True), Script("Pod", "x"))


def test_a_key_of_its_own_goes_before_the_one_yaml() -> None:
    one = "apps/Deployment: {health.lua: one, ignoreDifferences: 'jsonPointers: [/one]'}"
    found = good({"resource.customizations": one, f"{PREFIX}health.apps_Deployment": "own"})
    assert found.health.scripts == (Script("apps/Deployment", "own"),)
    assert [rule.about.json_pointers for rule in found.ignored] == [("/one",)]


def test_an_empty_script_is_none() -> None:
    assert good({f"{PREFIX}health.Pod": "  \n"}).health.scripts == ()


@pytest.mark.parametrize(
    ("suffix", "group", "kind"), [("apps_Deployment", "apps", "Deployment"), ("Pod", "", "Pod"), ("all", "*", "*")]
)
def test_3_12_ignored_differences_are_read_by_kind(suffix: str, group: str, kind: str) -> None:
    key = f"{PREFIX}ignoreDifferences.{suffix}"
    about = IgnoreDifference(kind, group, **FIELDS)
    assert good({key: RULE}).ignored == (Rule(f"argocd-cm {key}", about),)


@pytest.mark.parametrize("as_text", ["|", ""])
def test_3_12_ignored_differences_are_read_from_the_one_yaml(as_text: str) -> None:
    indented = "".join(f"    {line}\n" for line in RULE.splitlines())
    text = f"'*.org/Th*':\n  ignoreDifferences: {as_text}\n{indented}"
    (rule,) = good({"resource.customizations": text}).ignored
    assert rule == Rule("argocd-cm resource.customizations, *.org/Th*", IgnoreDifference("Th*", "*.org", **FIELDS))


def test_3_36_ignored_updates_are_told_from_ignored_differences() -> None:
    found = good({f"{PREFIX}ignoreResourceUpdates.all": RULE})
    assert found.ignored == ()
    assert [rule.about for rule in found.ignored_updates] == [IgnoreDifference("*", "*", **FIELDS)]


def test_3_14_known_types_are_read_by_kind() -> None:
    text = "- {field: spec.pod, type: core/v1/PodSpec}\n- {field: spec.cpu, type: core/Quantity}\n"
    thing = GroupKind("example.org", "Thing")
    expected = (
        KnownType(thing, ("spec", "pod"), "core/v1/PodSpec"),
        KnownType(thing, ("spec", "cpu"), "core/Quantity"),
    )
    assert good({f"{PREFIX}knownTypeFields.example.org_Thing": text}).known_types == expected
    one = f"example.org/Thing:\n  knownTypeFields:\n  {text.replace(chr(10), chr(10) + '  ')}"
    assert good({"resource.customizations": one}).known_types == expected


def test_5_26_actions_are_read_by_kind() -> None:
    (found,) = good({f"{PREFIX}actions.apps_Deployment": ACTIONS}).actions
    assert found == Actions("apps/Deployment", "return {}", (Definition("restart", "return obj"),), True)
    indented = "".join(f"    {line}\n" for line in ACTIONS.splitlines())
    one = f"apps/Deployment:\n  health.lua.useOpenLibs: true\n  actions: |\n{indented}"
    (found,) = good({"resource.customizations": one}).actions
    assert found.open_libraries
    assert found.definitions == (Definition("restart", "return obj"),)


BAD = [
    (f"{PREFIX}useOpenLibs.Pod", "perhaps", "not a boolean"),
    (f"{PREFIX}ignoreDifferences.Pod", "jsonPointers: spec", "jsonPointers is not a list of texts"),
    (f"{PREFIX}ignoreDifferences.Pod", "jsonPointers: [spec]", "it begins with /"),
    (f"{PREFIX}ignoreDifferences.Pod", "[a", "not valid YAML, line 2"),
    (f"{PREFIX}ignoreResourceUpdates.Pod", "- a", "not a mapping"),
    (f"{PREFIX}knownTypeFields.Pod", "- {field: a, type: core/v1/Nothing}", "the type of a is not known"),
    (f"{PREFIX}knownTypeFields.Pod", "- {type: core/v1/PodSpec}", "an entry without a field"),
    (f"{PREFIX}actions.Pod", "definitions: [{name: a}]", "a definition without name or action.lua"),
    (f"{PREFIX}actions.Pod", "definitions: a", "definitions is not a list of mappings"),
    (f"{PREFIX}actions.Pod", "discovery.lua: [1]", "not a script"),
    ("resource.customizations", "Pod: x", "Pod is not a mapping"),
    ("resource.customizations", "Pod: {health.lua: 1}", "Pod, health.lua: not a script"),
    ("resource.customizations", "Pod: {ignoreDifferences: 'jsonPointers: [a]'}", "Pod, ignoreDifferences: 'a'"),
    ("resource.customizations", "- a", "not a mapping"),
    ("resource.compareoptions", "ignoreResourceStatusField: some", "not one of all, crd, none"),
    ("resource.compareoptions", "ignoreAggregatedRoles: perhaps", "ignoreAggregatedRoles is not a boolean"),
]
GOOD = {
    f"{PREFIX}useOpenLibs.Pod": "true",
    f"{PREFIX}ignoreDifferences.Pod": RULE,
    f"{PREFIX}ignoreResourceUpdates.Pod": RULE,
    f"{PREFIX}knownTypeFields.Pod": "- {field: a, type: core/Quantity}",
    f"{PREFIX}actions.Pod": ACTIONS,
    "resource.customizations": "Pod: {health.lua: x}",
    "resource.compareoptions": "ignoreAggregatedRoles: true",
}


@pytest.mark.parametrize(("key", "text", "message"), BAD)
def test_a_key_that_does_not_parse_is_told_and_its_last_good_value_stays(key: str, text: str, message: str) -> None:
    before = read(GOOD).settings
    found = read({**GOOD, key: text}, before)
    (problem,) = found.problems
    assert problem.key == key
    assert message in problem.message
    assert problem.message.endswith("the last good value stays in force")
    assert (found.settings.customisations, found.settings.compare) == (before.customisations, before.compare)


@pytest.mark.parametrize(("key", "text", "message"), BAD)
def test_a_key_that_never_parsed_hides_nothing_and_leaves_the_others(key: str, text: str, message: str) -> None:
    found = read({key: text, f"{PREFIX}health.apps_Deployment": "return nil"})
    assert [message in problem.message for problem in found.problems] == [True]
    assert found.settings.customisations == good({f"{PREFIX}health.apps_Deployment": "return nil"})


@pytest.mark.parametrize("suffix", ["", "_Pod", "apps_", "a_b_c"])
def test_a_key_that_names_no_kind_is_told(suffix: str) -> None:
    (problem,) = read({f"{PREFIX}health.{suffix}": "return nil"}).problems
    assert "names no kind" in problem.message


def test_unknown_keys_and_fields_are_told() -> None:
    found = read(
        {
            f"{PREFIX}helth.Pod": "x",
            f"{PREFIX}ignoreDifferences.Pod": "jsonPointer: [/a]",
            "resource.customizations": "Pod: {helth.lua: x}",
        }
    )
    assert [problem.message.partition(";")[0] for problem in found.problems] == [
        "unknown key",
        "Pod, helth.lua: unknown",
        "unknown field jsonPointer",
    ]


@pytest.mark.parametrize(
    ("text", "mode"), [("all", "all"), ("crd", "crd"), ("none", "none"), ("off", "none"), ("'false'", "none")]
)
def test_3_8_the_modes_of_the_status_field(text: str, mode: str) -> None:
    found = read({"resource.compareoptions": f"ignoreResourceStatusField: {text}"})
    assert found.problems == ()
    assert found.settings.compare.ignore_status == mode


def test_3_9_aggregated_roles_count_unless_the_settings_say_otherwise() -> None:
    assert not settings.rules_for(Settings()).ignore_aggregated_roles
    said = read({"resource.compareoptions": "ignoreAggregatedRoles: true"}).settings
    assert settings.rules_for(said).ignore_aggregated_roles


def test_3_13_rules_of_the_settings_and_of_an_application_are_put_together() -> None:
    said = read({f"{PREFIX}ignoreDifferences.all": RULE}).settings
    own = IgnoreDifference("Pod", json_pointers=("/x",))
    rules = settings.rules_for(said, [own])
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    assert [rule.about for rule in rules.about(pod)] == [IgnoreDifference("*", "*", **FIELDS), own]


def test_our_own_additions_can_be_switched_off() -> None:
    assert settings.rules_for(Settings()).shipped == shipped.TABLE
    assert Settings().customisations.health.generic
    off = read({"argosy.health.generic": "false", "argosy.ignoreDifferences.shipped": "false"}).settings
    assert settings.rules_for(off).shipped == ()
    assert not off.customisations.health.generic


@pytest.mark.parametrize("key", ["ignore.normalizer.jq.timeout", "controller.ignore.normalizer.jq.timeout"])
def test_3_11_how_long_jq_may_take(key: str) -> None:
    assert Settings().customisations.jq_seconds == 1
    assert read({}, **{key: "5s"}).settings.customisations.jq_seconds == 5
    for wrong in ("0", "31s", "x"):
        assert len(read({}, **{key: wrong}).problems) == 1


scalars = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "/a", "core/v1/PodSpec", "a: ["])
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("Pod", "a/B", "health.lua", "actions", "definitions", "name", "action.lua", "ignoreDifferences"),
                    *("jsonPointers", "knownTypeFields", "field", "type", "discovery.lua", "health.lua.useOpenLibs"),
                )
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(said=anything, name=st.sampled_from([*sorted(GOOD)]))
def test_whatever_is_written_is_read_or_told(said: Any, name: str) -> None:
    from argosy.wire import yaml_text

    found = read({name: yaml_text.dump(said)})
    assert all(problem.key for problem in found.problems)
