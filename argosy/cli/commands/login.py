"""`argosy login`: exchange a password for a token and remember it in the local config."""

import base64
import json
import sys
from dataclasses import replace
from typing import Any

import click

from argosy.cli import config, connection
from argosy.cli.client import Client
from argosy.cli.command import flag, number, show_help, text
from argosy.cli.config import Context, Server
from argosy.cli.connection import hostname, is_loopback
from argosy.cli.errors import ApiError, CommandError, NotTls, Untrusted
from argosy.cli.global_options import Globals
from argosy.cli.printing import note, say


@click.command()
@click.argument("server", required=False)
@text("--username", explain="Name of the account; asked for if missing")
@text("--password", explain="Password of the account; better left out: asked for, or read from standard input")
@text("--name", explain="Name for the context; the server's address if missing")
@flag("--skip-test-tls", explain="Do not check beforehand whether the server speaks TLS")
@flag("--sso", explain="Not supported yet", hidden=True)
@number("--sso-port", explain="Not supported yet")
@click.pass_obj
def command(options: Globals, server: str | None, **given: Any) -> None:
    """Log in to a server.

    SERVER is host:port, or a URL; http:// is accepted for this machine only, unless --plaintext is given.
    """
    if given["sso"]:
        raise CommandError("--sso is not supported", advice="Log in with --username.")
    address = server or options.server
    if not address:
        show_help("Missing argument 'SERVER'.")
    asked = connection.parse_server(address, options)
    found = asked if given["skip_test_tls"] else _reachable(options, asked)
    token = _sign_in(options, found, username=given["username"], password=given["password"])
    say(f"'{_subject(token)}' logged in successfully")
    name = given["name"] or _context_name(found)
    kept = config.read(config.path_of(options))
    config.write(config.path_of(options), kept.with_sign_in(Context(name=name, server=found, token=token)))
    say(f"Context '{name}' updated")


def _context_name(server: Server) -> str:
    return f"{server.address}/{server.root_path}" if server.root_path else server.address


def _reachable(options: Globals, server: Server) -> Server:
    """Ask the server for its version; where its TLS is not as it should be, ask the person whether to go on."""
    try:
        with Client(connection.connect(options, server)) as client:
            client.get("/api/version")
    except ApiError:
        # It answers, and that was the question.
        return server
    except NotTls as error:
        if not is_loopback(hostname(server)) and not _goes_on("WARNING: server is not configured with TLS. Proceed"):
            raise
        note(f"warning: {error.message}; going on without it")
        return _reachable(options, replace(server, plain_text=True))
    except Untrusted as error:
        if not _goes_on(f"WARNING: {error.message}. Proceed insecurely"):
            raise
        return _reachable(options, replace(server, insecure=True))
    return server


def _goes_on(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)


def _sign_in(options: Globals, server: Server, *, username: str | None, password: str | None) -> str:
    if password and sys.stderr.isatty():
        note("note: a password given as --password stays in the shell's history and is seen by `ps`")
    name = username or click.prompt("Username", err=True)
    secret = password or _password()
    with Client(connection.connect(options, server)) as client:
        answer = client.post("/api/v1/session", {"username": name, "password": secret})
    token = answer.get("token")
    if not token:
        raise CommandError(f"{server.address} gave no token")
    return str(token)


def _password() -> str:
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, err=True)
    return sys.stdin.readline().rstrip("\n")


def _subject(token: str) -> str:
    """Read whom a token is for; it was just given by the server, so it is not checked here."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)) or b"{}")
    except ValueError:
        claims = {}
    return str(claims.get("email") or claims.get("name") or claims.get("sub") or "user")
