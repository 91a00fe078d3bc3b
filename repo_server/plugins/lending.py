"""Credentials for a plugin's own git, while it runs: `provideGitCreds` of a plugin.yaml. Argo CD 2.38.

Called by `plugins`. Comes in: how the repository of the source is reached. Goes out: variables for the plugin's
environment. They hold a ticket, which git's askpass program trades for the login over a socket in the plugin's room;
the login itself is in no argument, variable or file. It is told for the repository's own origin, and only until the
run ends. Keys, tokens for a header and client certificates are not lent: git takes them from files and variables only.
"""

import contextlib
import shutil
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path

from repo_server.errors import Refused
from repo_server.git.access import Access
from repo_server.git.tickets import Guest, TicketOffice
from repo_server.plugins.rooms import Room
from repo_server.plugins.walls import DESK, SEARCHED, Sandbox, Walls

_MOST_ANSWERS = 1000
_AUTHORITIES = "authorities.pem"


@contextlib.asynccontextmanager
async def lent(access: Access, room: Room, walls: Walls) -> AsyncGenerator[Mapping[str, str]]:
    """Yield the variables by which git reaches a repository. Raises `Refused` (unavailable) without a Python for it."""
    place = Path(DESK) if isinstance(walls, Sandbox) else room.desk
    settings = dict(_settings(access, room.desk, place))
    variables = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_COUNT": str(len(settings))}
    for position, (name, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{position}": name, f"GIT_CONFIG_VALUE_{position}": value}
    if access.login is None:
        yield variables
        return
    office = TicketOffice(room.desk, guest=Guest(user=room.owner, place=place, python=_python()))
    await office.open()
    try:
        with office.ticket(access.login, answers=_MOST_ANSWERS) as ticket:
            yield {**variables, **ticket}
    finally:
        await office.close()


def _settings(access: Access, desk: Path, place: Path) -> Iterator[tuple[str, str]]:
    """Yield what git is told of the repository's server, and of no other."""
    if not access.address.over_http:
        return
    if access.repository.insecure:
        yield f"http.{access.address.origin}/.sslVerify", "false"
    if access.repository.ca_pem:
        (desk / _AUTHORITIES).write_text(access.repository.ca_pem)
        (desk / _AUTHORITIES).chmod(0o644)
        yield f"http.{access.address.origin}/.sslCAInfo", str(place / _AUTHORITIES)


def _python() -> str:
    """Return an interpreter that plugins can see."""
    if (found := shutil.which("python3", path=SEARCHED)) is None:
        raise Refused(
            "unavailable",
            f"a plugin with provideGitCreds needs a python3 in one of {SEARCHED}: git asks for the login by it; "
            "install one beside the repo server",
        )
    return found
