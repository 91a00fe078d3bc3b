"""Have a user's script of an action answer, and say what is wrong with it in the words of its author. Called by
`commands.actions`.
"""

from typing import Any

from api_server.errors import FailedPrecondition
from api_server.server import Server
from argosy.engine.actions.defined import LuaAction
from argosy.engine.normalise import secrets
from argosy.gateways.tools import asking
from argosy.gateways.tools.errors import ToolError
from argosy.gateways.tools.scripts import Answered, Declined

_UNSAID = "what it said is not shown, since it may hold a value of the Secret"


async def answer(server: Server, question: LuaAction, *, which: str) -> Any:
    """Return what a script returns; `which` names it. Raises `FailedPrecondition`."""
    try:
        (outcome,) = await asking.actions([question], server.outside.scripts)
    except ToolError as error:
        raise FailedPrecondition(f"{which} was not run: {error}") from error
    match outcome:
        case Answered(value):
            return value
        case Declined(message):
            said = _UNSAID if secrets.is_secret(question.object) else message
            raise FailedPrecondition(f"{which} failed: {said}")
