"""What the settings make of objects in files, by the server's own functions: health, ignored fields, actions.

Comes in: objects, and the file of argocd-cm. Goes out: values to print; `CommandError` for what cannot be told. Called
by `argosy health` and `argosy admin settings resource-overrides`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from argosy.cli.errors import CommandError
from argosy.cli.offline import circumstances
from argosy.engine import health, normalise
from argosy.engine.actions import choice, defined
from argosy.engine.actions.defined import BadAnswer, LuaAction, Offered, Result
from argosy.engine.actions.form import Asked, CannotRun
from argosy.engine.health import Health, Policy
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.normalise import JqAnswer, NoAnswer, Rules
from argosy.engine.settings import Settings
from argosy.gateways.clock import SystemClock
from argosy.gateways.tools import asking
from argosy.gateways.tools.asking import Told
from argosy.gateways.tools.errors import ToolError
from argosy.gateways.tools.scripts import SCRIPT_SECONDS, Answered, Declined, Scripts
from repo_server.local import offline
from repo_server.settings import BadSetting

Answer = TypeVar("Answer")

_SUFFIX = "x" * 5
"""In place of the random letters in the name of an object that an action creates: the same call says the same."""


def settings_in(path: str | None) -> Settings:
    """Return the settings in a file of argocd-cm, those of a new installation without a file."""
    return circumstances.read_settings([path]) if path else Settings()


def needed_settings_in(path: str | None) -> Settings:
    """Return the settings in a file of argocd-cm, which has to be named."""
    if not path:
        raise CommandError(
            "--argocd-cm-path is missing",
            advice="Write the settings to a file: kubectl get configmap argocd-cm -n argocd -o yaml",
        )
    return settings_in(path)


def healths(manifests: Sequence[Manifest], policy: Policy, environment: Mapping[str, str]) -> list[Health | None]:
    """Return the health of objects, in their order; None for a kind without a check."""
    asked = [question for each in manifests if (question := health.question(each, policy))]

    async def work(scripts: Scripts) -> list[Health]:
        return [told.answer for told in await asking.healths(asked, scripts)]

    answers = iter(_done(work, environment) if asked else ())
    return [health.assess(each, policy, next(answers) if health.question(each, policy) else None) for each in manifests]


def without_ignored(manifest: Manifest, rules: Rules, environment: Mapping[str, str], *, seconds: float) -> Manifest:
    """Return an object without the fields that the rules of the settings leave out, and otherwise as it is."""
    known = informed(rules, [manifest], environment, seconds=seconds)
    left = normalise.ignored.without(normalise.jq.without(manifest, known), known)
    return normalise.managers.without(left, manifest, known)[0]


def informed(
    rules: Rules, manifests: Iterable[Manifest], environment: Mapping[str, str], *, seconds: float = SCRIPT_SECONDS
) -> Rules:
    """Return the rules with what jq says of these objects. Raises `CommandError` with what is wrong in a path."""
    asked = normalise.questions(manifests, rules)
    if not asked:
        return rules

    async def work(scripts: Scripts) -> tuple[Told[JqAnswer], ...]:
        return await asking.removals(asked, scripts, seconds=seconds)

    told = _done(work, environment)
    for each in told:
        if isinstance(each.answer, NoAnswer):
            raise CommandError(each.answer.reason)
    return rules.knowing({each.identity: answer.answer for each, answer in zip(asked, told, strict=True)})


def actions(manifest: Manifest, settings: Settings, environment: Mapping[str, str]) -> tuple[Offered, ...]:
    """Return the actions that an object can have, of users and built in, sorted by name."""
    known = settings.customisations.actions
    question = choice.discovery(manifest, known)
    try:
        return choice.offered(manifest, known, None if question is None else _answer(question, environment))
    except BadAnswer as error:
        raise CommandError(str(error)) from error


def run(
    manifest: Manifest, name: str, parameters: Mapping[str, str], settings: Settings, environment: Mapping[str, str]
) -> tuple[Result, ...]:
    """Return what an action wants done to an object."""
    asked = Asked(manifest, parameters, SystemClock().now(), _SUFFIX)
    try:
        match choice.running(name, asked, settings.customisations.actions):
            case LuaAction() as question:
                return defined.results(_answer(question, environment), manifest)
            case choice.Unknown(name, names):
                kind, others = key_of(manifest).group_kind, ", ".join(names) or "none"
                raise CommandError(f"there is no action {name} for {kind}; there are: {others}")
            case results:
                return results
    except (BadAnswer, CannotRun) as error:
        raise CommandError(str(error)) from error


def _answer(question: LuaAction, environment: Mapping[str, str]) -> object:
    async def work(scripts: Scripts) -> Answered[object] | Declined:
        return (await asking.actions([question], scripts))[0]

    match _done(work, environment):
        case Answered(value):
            return value
        case Declined(message):
            raise CommandError(f"the action's script failed: {message}")


def _done(work: Callable[[Scripts], Awaitable[Answer]], environment: Mapping[str, str]) -> Answer:
    """Have work done with the scripts. Raises `CommandError`."""

    async def running() -> Answer:
        async with offline.scripts(environment) as scripts:
            return await work(scripts)

    try:
        return asyncio.run(running())
    except (BadSetting, ToolError) as error:
        raise CommandError(str(error)) from error
