"""`argosy up`: run the three processes on this machine against a cluster, and make the cluster ready on first use."""

import asyncio
import os
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from argosy.cli.command import flag, text
from argosy.cli.errors import CommandError
from argosy.cli.printing import say


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says."""

    kubeconfig: Path
    state: Path | None
    context: str
    namespace: str
    listen: str
    adopt: bool
    install_only: bool


@click.command()
@text("--kubeconfig", explain="Kubeconfig of the cluster to control [$KUBECONFIG, ~/.kube/config]")
@text("--context", explain="Context of the kubeconfig; the current one if empty", default="")
@text("--namespace", "-n", explain="Control namespace", default="argocd")
@text("--listen", explain="Address of the API server and the page; port 0 takes a free one", default="127.0.0.1:8080")
@text("--state", explain="Folder of the state [$XDG_STATE_HOME/argosy/<cluster>]")
@flag("--adopt", explain="Take over a cluster that Argo CD controlled, with its accounts")
@flag("--install-only", explain="Make the cluster ready, say the password, and stop")
def command(*, kubeconfig: str | None, state: str | None, **given: Any) -> None:
    """Run Argosy on this machine against a cluster, until Ctrl-C."""
    path = Path(kubeconfig or os.environ.get("KUBECONFIG", "") or Path.home() / ".kube" / "config").expanduser()
    asyncio.run(_up(Given(path.absolute(), state=Path(state).absolute() if state else None, **given)))


async def _up(given: Given) -> None:
    from argosy.cli.up import layout, supervisor  # noqa: PLC0415  only this command needs them

    installed = await _install(given)
    if given.install_only:
        return
    with tempfile.TemporaryDirectory(prefix="argosy-") as sockets:
        state = given.state or layout.default_state(installed.cluster_uid, os.environ)
        place = layout.Layout(state, Path(sockets), given.kubeconfig, given.context, given.namespace, given.listen)
        layout.prepare(place)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        say(f"state: {state}")
        await supervisor.supervise(layout.programs(place, os.environ), stop, write=supervisor.to_terminal)
    say("stopped")


async def _install(given: Given):  # noqa: ANN202  the type is imported late
    from argosy.cli.up import install, wiring  # noqa: PLC0415
    from argosy.gateways.kubernetes.errors import ClusterError, InvalidConnection  # noqa: PLC0415

    try:
        cluster = wiring.cluster(given.kubeconfig, given.context)
    except InvalidConnection as error:
        raise CommandError(str(error)) from error
    say(f"context: {given.context or '(current)'} of {given.kubeconfig}")
    say(f"server: {cluster.server}")
    try:
        installed = await install.install(cluster, given.namespace, adopt=given.adopt, now=wiring.now())
    except ClusterError as error:
        raise CommandError(f"the cluster could not be made ready: {error}") from error
    finally:
        await cluster.close()
    _announce(given, installed.first_password)
    return installed


def _announce(given: Given, password: str) -> None:
    say("user: admin")
    if password:
        say(f"password: {password}")
    else:
        say(f"password: (set earlier; Secret {given.namespace}/argocd-initial-admin-secret is gone)")
