"""The root of the command line: the global options, and the table of commands. Called by `argosy.cli.__main__`."""

import os

import click

from argosy.cli.command import LazyGroup, flag, number, text, texts
from argosy.cli.commands import ENTRIES
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals

_ENVIRONMENT = ("ARGOSY_SERVER", "ARGOCD_SERVER")
_TOKEN_ENVIRONMENT = ("ARGOSY_AUTH_TOKEN", "ARGOCD_AUTH_TOKEN")

_SUMMARY = """Argosy: GitOps for Kubernetes.

Commands, options and output are Argo CD's; `argocd` in a script can be replaced by `argosy`.
"""


def _variables(*names: str) -> str:
    return f"[${names[0]}]"


@click.group(
    "argosy",
    cls=LazyGroup,
    entries=ENTRIES,
    help=_SUMMARY,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
    subcommand_metavar="COMMAND [ARGUMENTS]...",
)
@text("--server", explain=f"Address of the API server {_variables(*_ENVIRONMENT)}")
@text("--auth-token", explain=f"Token to sign in with {_variables(*_TOKEN_ENVIRONMENT)}")
@text("--argosy-context", "--argocd-context", explain="Context of the local config to use")
@text("--config", explain="Path of the local config")
@flag("--insecure", explain="Do not check the server's certificate", default=None)
@flag("--plaintext", explain="Do without TLS", default=None)
@text("--server-crt", explain="File with the certificates to trust the server by")
@text("--client-crt", explain="File with a client certificate")
@text("--client-crt-key", explain="File with the client certificate's key")
@texts("--header", "-H", explain="A header to send with each request, as 'Name: value'; may be repeated")
@text("--grpc-web-root-path", explain="Prefix of the server's paths")
@number("--http-retry-max", explain="How often to try again to connect", default=0)
@text("--loglevel", explain="Accepted for Argo CD's sake", hidden=True)
@text("--logformat", explain="Accepted for Argo CD's sake", hidden=True)
@flag("--grpc-web", explain="Accepted for Argo CD's sake; Argosy speaks plain HTTP", hidden=True)
@flag("--prompts-enabled", explain="Accepted for Argo CD's sake", default=None, hidden=True)
@flag("--core", explain="Not supported", hidden=True)
@flag("--port-forward", explain="Not supported", hidden=True)
@text("--port-forward-namespace", explain="Not supported", hidden=True)
@text("--kube-context", explain="Not supported", hidden=True)
@text("--redis-compress", explain="Accepted for Argo CD's sake", hidden=True)
@text("--server-name", explain="Accepted for Argo CD's sake", hidden=True)
@text("--repo-server-name", explain="Accepted for Argo CD's sake", hidden=True)
@text("--controller-name", explain="Accepted for Argo CD's sake", hidden=True)
@text("--redis-name", explain="Accepted for Argo CD's sake", hidden=True)
@text("--redis-haproxy-name", explain="Accepted for Argo CD's sake", hidden=True)
@click.pass_context
def root(context: click.Context, /, **given: object) -> None:
    """Read the global options; the command that follows finds them as its object."""
    for name, instead in _UNSUPPORTED.items():
        if given[name]:
            raise CommandError(f"--{name.replace('_', '-')} is not supported", advice=instead)
    context.obj = _globals(**given)


_UNSUPPORTED = {
    "core": "Run `argosy up` for a server on this machine, then `argosy login`.",
    "port_forward": "Run `kubectl port-forward` beside it, then `argosy login --plaintext 127.0.0.1:PORT`.",
}


def _globals(**given: object) -> Globals:
    environment = dict(os.environ)

    def option(name: str, *variables: str) -> str:
        return str(given[name] or next((environment[each] for each in variables if environment.get(each)), ""))

    return Globals(
        server=option("server", *_ENVIRONMENT),
        token=option("auth_token", *_TOKEN_ENVIRONMENT),
        context=option("argosy_context"),
        config_path=option("config"),
        insecure=bool(given["insecure"]),
        plain_text=bool(given["plaintext"]),
        server_certificate=option("server_crt"),
        client_certificate=option("client_crt"),
        client_key=option("client_crt_key"),
        headers=tuple(str(each) for each in _sequence(given["header"])),
        root_path=option("grpc_web_root_path").strip("/"),
        retries=int(str(given["http_retry_max"] or 0)),
        environment=environment,
    )


def _sequence(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
