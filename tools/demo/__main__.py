"""The demo: a control plane, a repository, Argosy, and four applications that become Synced and Healthy.

    python tools/demo [--cluster KUBECONFIG] [--yes] [--once]

Stays up until Ctrl-C, which leaves no process behind. With `--cluster` it uses the user's own cluster, names it and
asks first; a `KUBECONFIG` in the environment is never used. `--once` ends as soon as everything is healthy.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import doors
import yaml
from stack import ROOT, DidNotStart, Stack

_NAMES = ("guestbook", "orders", "storefront", "ledger")
_SETTLED_WITHIN = 120.0


def main() -> int:
    """Run the demo. Returns 0 if everything became healthy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cluster", type=Path, help="kubeconfig of your own cluster")
    parser.add_argument("--yes", action="store_true", help="do not ask before using your cluster")
    parser.add_argument("--once", action="store_true", help="end when everything is healthy")
    given = parser.parse_args()
    if given.cluster and not _agreed(given.cluster, yes=given.yes):
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    folder = _state_folder()
    started = time.monotonic()
    try:
        return _run(given, folder, started)
    except KeyboardInterrupt:
        return 0
    except (DidNotStart, RuntimeError, subprocess.CalledProcessError) as error:
        words = error.stderr if isinstance(error, subprocess.CalledProcessError) and error.stderr else error
        _say(f"\n{words}\nThe log is {folder / 'log'}")
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not given.cluster:
            _devcluster("down", folder)
        _say("\nstopped; nothing is left running")


def _run(given: argparse.Namespace, folder: Path, started: float) -> int:
    if given.cluster:
        kubeconfig = given.cluster.absolute()
    else:
        _say("starting a control plane ...")
        kubeconfig = Path(_devcluster("up", folder).splitlines()[0])
    with (folder / "log").open("w", buffering=1) as log:
        stack = Stack(kubeconfig, folder, note=lambda line: log.write(f"{line}\n") and None)
        try:
            _say("starting Argosy ...")
            stack.start()
            kubectl = doors.path_of("kubectl")
            _often(stack, kubectl)
            _say("creating four applications (REST, CLI, kubectl) ...")
            rest = doors.create_all(stack, kubectl)
            states = doors.wait_until_settled(rest, _NAMES, within=_SETTLED_WITHIN, note=_say)
            settled = set(states.values()) == {("Synced", "Healthy")} and len(states) == len(_NAMES)
            _tell(stack, kubectl, given.cluster, settled=settled, seconds=time.monotonic() - started)
            if given.once:
                return 0 if settled else 1
            signal.pause()
        finally:
            stack.stop()
    return 0


def _often(stack: Stack, kubectl: str) -> None:
    """Look for new commits every ten seconds, so that nobody waits for two minutes."""
    patch = '{"data": {"timeout.reconciliation": "10s", "timeout.reconciliation.jitter": "0s"}}'
    command = [kubectl, "--kubeconfig", str(stack.kubeconfig), "--namespace", stack.namespace]
    command += ["patch", "configmap", "argocd-cm", "--type=merge", f"--patch={patch}"]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _tell(stack: Stack, kubectl: str, cluster: Path | None, *, settled: bool, seconds: float) -> None:
    prefilled = urlencode(
        {
            "name": "fifth",
            "project": "default",
            "repoURL": stack.repository_url,
            "path": "guestbook",
            "targetRevision": "HEAD",
            "destServer": "https://kubernetes.default.svc",
            "destNamespace": "fifth",
            "createNamespace": "true",
        }
    )
    _say(
        f"""
{"Ready" if settled else "Up, but not everything is healthy yet,"} after {seconds:.0f} s.

{stack.url}
user: admin
password: {stack.password}

Try next
  a fifth application, ready to create:
    {stack.url}/applications/new?{prefilled}
  change something and commit (seen within ten seconds):
    cd {stack.repository} && sed -i 's/replicas: 2/replicas: 3/' guestbook/deployment.yaml && git commit -am scale
  let something drift (it is put back):
    {kubectl} --kubeconfig {stack.kubeconfig} -n guestbook delete deployment guestbook
  the command line:
    {ROOT / ".venv" / "bin" / "argosy"} --config {stack.folder / "cli-config"} app list

The log is {stack.folder / "log"}. Ctrl-C ends everything."""
    )
    if cluster:
        _say(f"It stays in your cluster: namespaces {stack.namespace}, {', '.join(_NAMES)} and three CRDs.")


def _agreed(cluster: Path, *, yes: bool) -> bool:
    """Name the user's cluster and ask."""
    try:
        config = yaml.safe_load(cluster.read_text())
        context = next(each for each in config["contexts"] if each["name"] == config["current-context"])
        servers = {each["name"]: each["cluster"]["server"] for each in config["clusters"]}
        server = servers[context["context"]["cluster"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError, StopIteration) as error:
        _say(f"{cluster} cannot be used as a kubeconfig: {error!r}")
        return False
    _say(f"This uses your own cluster: context {context['name']}, server {server}.")
    _say("It installs three CRDs, the namespace argocd and four applications in namespaces of their own.")
    if yes:
        return True
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _state_folder() -> Path:
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = home / "argosy" / "demo"
    if (folder / "cluster").exists():
        _devcluster("down", folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _devcluster(verb: str, folder: Path) -> str:
    program = doors.built("tools/devcluster")
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    done = subprocess.run(
        [
            program,
            verb,
            "--state",
            str(folder / "cluster"),
            *(["--owner-pid", str(os.getpid())] if verb == "up" else []),
        ],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    return done.stdout


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
