"""What users write in Lua and jq, asked of the real worker and remembered as the controller does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from app_controller.answers import AGAIN_AFTER, Answers
from argosy.engine import diff, health, normalise, settings
from argosy.engine.actions.defined import Actions, Definition
from argosy.engine.health import Health, LuaHealth, Policy
from argosy.engine.health.policy import Script
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.normalise import Rule, Rules
from argosy.engine.pairing import Pair
from argosy.gateways.clock import ManualClock
from argosy.gateways.tools import asking
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.scripts import JqPaths, LuaScript
from argosy.gateways.tools.worker import Program

PHASES = """
hs = {}
if obj.status ~= nil and obj.status.phase ~= nil then
  hs.status = obj.status.phase
  hs.message = obj.metadata.name .. " says so"
end
return hs
"""
LOOP = "while true do end"


class Counted(ScriptRunner):
    """The real one, counting what it is asked."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.lua_items: list[int] = []
        self.jq_items: list[int] = []

    async def lua(self, scripts: Sequence[LuaScript]) -> Any:
        self.lua_items.append(len(scripts))
        return await super().lua(scripts)

    async def jq_delete(self, documents: Sequence[JqPaths], *, seconds: float = 1.0) -> Any:
        self.jq_items.append(len(documents))
        return await super().jq_delete(documents, seconds=seconds)


@pytest.fixture
def scripts(pool: Pool) -> Counted:
    return Counted(pool)


@pytest.fixture
def answers(scripts: Counted, clock: ManualClock) -> Answers:
    return Answers(scripts, clock)


def thing(phase: str | None = None, version: str = "1", name: str = "a", **fields: Any) -> Manifest:
    status = {} if phase is None else {"status": {"phase": phase}}
    metadata = {"name": name, "uid": name, "resourceVersion": version}
    return {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": metadata, **status, **fields}


def policy(text: str = PHASES, **given: Any) -> Policy:
    return Policy((Script("example.org/Thing", text, **given),))


async def one(answers: Answers, manifest: Manifest, given: Policy) -> Health | None:
    (found,) = await answers.healths([manifest], given)
    return found


async def test_5_4_a_script_sees_the_object_and_says_status_and_message(answers: Answers) -> None:
    things = [thing("Healthy", name="x"), thing("Degraded", name="y"), thing(name="z")]
    assert await answers.healths(things, policy()) == [
        Health("Healthy", "x says so"),
        Health("Degraded", "y says so"),
        Health("Progressing"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("error('no')", "the health script failed: script:1: no"),
        ("return {status = 'Fine'}", "the health script returned 'Fine', which is not one of"),
        ("return 'Healthy'", "the health script returned no table"),
        ("this is no Lua", "the health script failed: script line:1"),
        ("return obj.none.at.all", "the health script failed: script:1: attempt to index a non-table"),
        (LOOP, "the health script failed: it took longer than 1 seconds"),
    ],
)
async def test_5_4_errors_leave_the_health_unknown_with_the_message(answers: Answers, text: str, said: str) -> None:
    found = await one(answers, thing("Healthy"), policy(text))
    assert found is not None
    assert found.status == "Unknown"
    assert found.message.startswith(said)


async def test_5_4_an_empty_table_and_nothing_at_all_are_progressing(answers: Answers) -> None:
    assert await one(answers, thing(), policy("return {}")) == Health("Progressing")
    assert await one(answers, thing(), policy("return nil")) == Health("Progressing")
    assert await one(answers, thing(), policy("local x = 1")) == Health("Progressing")


async def test_5_5_libraries_are_closed_unless_they_are_opened(answers: Answers) -> None:
    text = "return {status = coroutine and 'Healthy' or 'Degraded'}"
    assert await one(answers, thing(), policy(text)) == Health("Degraded")
    assert await one(answers, thing(), policy(text, open_libraries=True)) == Health("Healthy")


async def test_5_6_parents_can_wait_for_their_applications(answers: Answers) -> None:
    text = "hs = {status = 'Progressing'} if obj.status.health then hs.status = obj.status.health.status end return hs"
    child = {**thing(), "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "status": {"health": {}}}
    given = Policy((Script("argoproj.io/Application", text),), generic=False)
    assert await one(answers, {**child, "status": {"health": {"status": "Degraded"}}}, given) == Health("Degraded")


async def test_a_version_is_asked_about_once(answers: Answers, scripts: Counted) -> None:
    question = answers.health(thing("Healthy"), policy())
    assert isinstance(question, LuaHealth)
    await answers.learn_health([question])
    assert answers.health(thing("Healthy"), policy()) == Health("Healthy", "a says so")
    assert await one(answers, thing("Healthy"), policy()) == Health("Healthy", "a says so")
    assert scripts.lua_items == [1]
    assert isinstance(answers.health(thing("Healthy", version="2"), policy()), LuaHealth)
    assert isinstance(answers.health(thing("Healthy"), policy("return {status='Healthy'}")), LuaHealth)


async def test_what_has_no_version_is_asked_every_time(answers: Answers, scripts: Counted) -> None:
    bare = {**thing("Healthy"), "metadata": {"name": "a"}}
    assert [await one(answers, bare, policy()) for _ in range(2)] == [Health("Healthy", "a says so")] * 2
    assert scripts.lua_items == [1, 1]


async def test_many_objects_are_asked_about_together_and_those_without_a_script_not_at_all(
    answers: Answers, scripts: Counted
) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Succeeded"}}
    found = await answers.healths([pod, *(thing("Healthy", name=str(number)) for number in range(20)), pod], policy())
    assert found[0] == found[-1] == Health("Healthy")
    assert found[7] == Health("Healthy", "6 says so")
    assert sum(scripts.lua_items) == 20
    assert len(scripts.lua_items) < 5


async def test_a_script_that_loops_costs_its_second_once_and_is_tried_again_later(
    answers: Answers, scripts: Counted, clock: ManualClock
) -> None:
    things = [thing(name=str(number)) for number in range(50)]
    found = await answers.healths(things, policy(LOOP))
    assert {each and each.status for each in found} == {"Unknown"}
    assert scripts.lua_items == [1]
    assert await answers.healths(things, policy(LOOP)) == found
    assert scripts.lua_items == [1]
    clock.advance(timedelta(seconds=AGAIN_AFTER + 1))
    await answers.healths(things, policy(LOOP))
    assert scripts.lua_items == [1, 1]


async def test_a_script_that_loops_hurts_no_other(answers: Answers) -> None:
    both = Policy((Script("example.org/Thing", LOOP), Script("example.org/Other", PHASES)))
    other = {**thing("Healthy"), "kind": "Other"}
    bad, good = await answers.healths([thing(), other], both)
    assert bad is not None
    assert bad.status == "Unknown"
    assert good == Health("Healthy", "a says so")


async def test_without_a_worker_health_is_unknown_and_asked_again(pool: Pool, clock: ManualClock) -> None:
    await pool.close()
    found = await one(Answers(ScriptRunner(pool), clock), thing("Healthy"), policy())
    assert found == Health("Unknown", "the tools are closed")


def ignoring(*paths: str, **about: str) -> Rules:
    return Rules((IgnoreDifference(**{"group": "*", "kind": "*", **about}, jq_path_expressions=paths),))


def spec(**fields: Any) -> Manifest:
    return thing(spec=fields)


async def compared(answers: Answers, desired: Manifest, live: Manifest, rules: Rules, seconds: float = 1.0) -> Any:
    informed = answers.informed(rules)
    return await answers.decide(lambda: diff.compare(Pair(key_of(live), desired, live), informed), seconds=seconds)


LIST = [{"name": "a", "image": "x"}, {"name": "b", "image": "x"}]
OTHER_LIST = [{"name": "a", "image": "y"}, {"name": "b", "image": "x"}]


@pytest.mark.parametrize(
    "path",
    [
        ".spec.list[0].image",
        '.spec.list[] | select(.name == "a") | .image',
        ".spec.none[]?, .spec.list",
        ".spec | .list",
    ],
)
async def test_3_11_fields_that_jq_leads_to_do_not_count(answers: Answers, path: str) -> None:
    desired, live = spec(list=LIST), spec(list=OTHER_LIST)
    assert await compared(answers, desired, live, ignoring(path)) == diff.Same()
    assert await compared(answers, desired, live, ignoring(path, kind="Other")) != diff.Same()
    assert await compared(answers, desired, live, ignoring(".spec.list[1].image")) != diff.Same()


async def test_3_11_the_paths_of_several_rules_are_all_obeyed(answers: Answers) -> None:
    rules = Rules(
        (
            IgnoreDifference(group="*", kind="*", jq_path_expressions=(".spec.a",)),
            IgnoreDifference(group="example.org", kind="Thing", jq_path_expressions=(".spec.b", ".spec.c")),
        )
    )
    assert await compared(answers, spec(a=1, b=1, c=1), spec(a=2, b=2, c=2), rules) == diff.Same()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".spec[", "jq path .spec[: unexpected"),
        ("def f: f; f", "it took longer than 0.2 seconds"),
        (".spec.list.image", "jq path .spec.list.image: expected an object but got: array"),
        (".", "jq path .: it does not leave one document"),
        ("error(.)", "jq path error(.): "),
    ],
)
async def test_3_11_a_jq_path_that_fails_or_loops_leaves_the_object_unknown(
    answers: Answers, path: str, said: str
) -> None:
    found = await compared(answers, spec(list=LIST), spec(list=OTHER_LIST), ignoring(path), seconds=0.2)
    assert isinstance(found, diff.Unknown)
    assert said in found.reason


def test_applications_of_equal_rules_share_them(answers: Answers) -> None:
    assert answers.informed(ignoring(".a")) is answers.informed(ignoring(".a"))
    assert answers.informed(ignoring(".a")) is not answers.informed(ignoring(".b"))
    assert answers.informed(Rules()) == Rules()
    assert answers.informed(Rules(ignore_status="none")) == Rules(ignore_status="none")
    assert answers.informed(Rules()) == Rules()


async def test_jq_is_asked_once_about_a_content(answers: Answers, scripts: Counted) -> None:
    rules = answers.informed(ignoring(".spec.a"))
    pair = Pair(key_of(thing()), spec(a=1), spec(a=2))
    assert answers.decided(lambda: diff.compare(pair, rules)) is None
    await answers.learn(normalise.questions([spec(a=1), spec(a=2)], rules), seconds=1)
    assert answers.decided(lambda: diff.compare(pair, rules)) == diff.Same()
    assert await answers.decide(lambda: diff.compare(pair, rules), seconds=1) == diff.Same()
    assert sum(scripts.jq_items) == 2


async def test_a_jq_path_that_loops_costs_its_time_once_and_is_tried_again_later(
    answers: Answers, scripts: Counted, clock: ManualClock
) -> None:
    rules = answers.informed(ignoring("def f: f; f"))
    things = [spec(a=number) for number in range(50)]
    await answers.learn(normalise.questions(things, rules), seconds=0.1)
    assert scripts.jq_items == [1]
    known = [answers.decided(lambda each=each: normalise.normalise(each, rules)) for each in things]
    assert {type(each) for each in known} == {diff.Unknown}
    clock.advance(timedelta(seconds=AGAIN_AFTER + 1))
    assert answers.decided(lambda: normalise.normalise(things[0], rules)) is None


async def test_s_092_a_value_of_a_secret_is_in_no_message(answers: Answers, scripts: Counted) -> None:
    secret = {**thing(), "apiVersion": "v1", "kind": "Secret", "data": {"password": "aHVudGVyMg=="}}
    other = {**secret, "data": {"password": "eA=="}}
    found = await compared(answers, other, secret, ignoring(".data.password.x"))
    assert isinstance(found, diff.Unknown)
    assert "aHVudGVyMg" not in found.reason
    script = Script("Secret", "error(obj.data.password)")
    (told,) = await asking.healths([LuaHealth(script, secret)], scripts)
    assert told.answer.status == "Unknown"
    assert "aHVudGVyMg" not in told.answer.message


async def test_what_cannot_be_compiled_is_told_and_nothing_is_run(scripts: Counted) -> None:
    def rule(*paths: str) -> Rule:
        return Rule("argocd-cm key", IgnoreDifference("Pod", jq_path_expressions=paths))

    checks = (LOOP, "return {", "-- x", "return ...")
    said = settings.Customisations(
        health=Policy(tuple(Script(f"Kind{number}", text) for number, text in enumerate(checks))),
        actions=(Actions("Pod", "return [", (Definition("go", "end"), Definition("stop", "return obj"))),),
        ignored=(rule(".a", ".a["),),
        ignored_updates=(rule("def f: f; f", "unheard_of"),),
    )
    found = await asking.problems(said, scripts)
    assert {(each.object, each.key) for each in found} == {("ConfigMap argocd-cm", "resource.customizations")}
    assert [each.message.partition(" cannot be compiled: ")[0] for each in found] == [
        "the health script of Kind1",
        "discovery.lua of the actions of Pod",
        "action.lua of action go of Pod",
        "jq path .a[ of key",
        "jq path unheard_of of key",
    ]
    assert found[-1].message.endswith("function not defined: unheard_of/0")
    assert await asking.problems(settings.Customisations(), scripts) == ()


async def test_scripts_that_cannot_be_checked_are_a_problem_of_their_own(pool: Pool, clock: ManualClock) -> None:
    said = settings.Customisations(health=policy())
    assert await Answers(ScriptRunner(pool), clock).problems(said) == ()
    await pool.close()
    (problem,) = await Answers(ScriptRunner(pool), clock).problems(said)
    assert problem.message == "scripts could not be checked: the tools are closed"


async def test_health_is_what_the_engine_makes_of_the_answer(tool_worker_program: Any, pool: Pool) -> None:
    assert Program(path=tool_worker_program)
    question = health.question(thing("Suspended"), policy())
    assert question is not None
    (told,) = await asking.healths([question], ScriptRunner(pool))
    assert health.assess(thing("Suspended"), policy(), told.answer) == Health("Suspended", "a says so")
