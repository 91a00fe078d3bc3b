"""The whole of Argosy on the real control plane, as the demo starts it; the measurements work on it one by one."""

import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import yaml

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools" / "demo"))

from doors import Rest, built, manifest
from stack import Stack, commit

_PATIENCE = 180.0
_SETTLES_WITHIN = 3.0

Status = Mapping[str, Any]
Done = Callable[[Status], bool]


class TookTooLong(Exception):
    """What was waited for did not happen."""


@dataclass
class Rig:
    """The running stack, a signed-in client of it, and a client of the API server as its administrator."""

    stack: Stack
    rest: Rest
    cluster: httpx2.Client

    @property
    def database(self) -> Path:
        """The file of the SQL memory."""
        return self.stack.folder / "state" / "argosy.db"

    def poll_every(self, seconds: int) -> None:
        """Have the repositories looked at in this interval."""
        data = {"timeout.reconciliation": f"{seconds}s", "timeout.reconciliation.jitter": "0s"}
        self.cluster.patch(
            f"/api/v1/namespaces/{self.stack.namespace}/configmaps/argocd-cm",
            content=orjson.dumps({"data": data}),
            headers={"Content-Type": "application/merge-patch+json"},
        ).raise_for_status()

    def create(self, name: str, path: str, **spec: Any) -> None:
        """Create an application of a folder, in a namespace of its own name, synced automatically."""
        made = manifest("guestbook", self.stack)
        made["metadata"]["name"] = name
        made["spec"]["source"]["path"] = path
        made["spec"]["destination"]["namespace"] = name
        made["spec"] |= spec
        self.rest.create(made)

    def write(self, files: Mapping[str, str]) -> str:
        """Write files of the repository and commit; return the commit."""
        for path, text in files.items():
            file = self.stack.repository / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return commit(self.stack.repository, "Change")

    def time_until(self, name: str, act: Callable[[], Done]) -> float:
        """Act; return the seconds from then until the stream of the public API shows what `act` returned.

        The stream is that of the web page: what it shows, a person sees.
        """
        query = {"name": name}
        with self.rest.client.stream("GET", "/api/v1/stream/applications", params=query, timeout=_PATIENCE) as answer:
            lines = answer.iter_lines()
            next(lines)
            done = act()
            started = time.monotonic()
            for line in lines:
                if line and done(orjson.loads(line)["result"]["application"].get("status", {})):
                    return time.monotonic() - started
        raise TookTooLong(f"the stream of {name} ended too early")

    def ask(self, method: str, path: str, **options: Any) -> None:
        """Send a request to the public API from a thread, so that its answer is not waited for."""

        def send() -> None:
            with httpx2.Client(base_url=self.stack.url, headers=self.rest.client.headers, timeout=_PATIENCE) as client:
                client.request(method, path, **options).raise_for_status()

        threading.Thread(target=send, daemon=True).start()

    def wait_for_all(self, names: Iterable[str]) -> None:
        """Wait until applications are Synced and Healthy. Raises `TookTooLong`."""
        wanted = set(names)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            states = {name: state for name, state in self.rest.states().items() if name in wanted}
            if wanted == set(states) and set(states.values()) == {("Synced", "Healthy")}:
                return
            time.sleep(0.5)
        raise TookTooLong(f"not all of {len(wanted)} applications became Synced and Healthy")

    def settle(self) -> None:
        """Let what is under way come to its end."""
        time.sleep(_SETTLES_WITHIN)


def is_settled_at(revision: str) -> Done:
    """Return the question whether an application is Synced at the commit, Healthy, and its sync over."""

    def check(status: Status) -> bool:
        sync, operation = status.get("sync", {}), status.get("operationState", {})
        return (
            (sync.get("status"), sync.get("revision")) == ("Synced", revision)
            and status.get("health", {}).get("status") == "Healthy"
            and operation.get("phase") == "Succeeded"
            and operation.get("syncResult", {}).get("revision") == revision
        )

    return check


@contextmanager
def running() -> Iterator[Rig]:
    """Start a control plane and Argosy on it in a folder of their own; end both afterwards."""
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as folder:
        kubeconfig = _devcluster("up", Path(folder))
        stack = Stack(Path(kubeconfig), Path(folder))
        try:
            stack.start()
            with _administrator(Path(kubeconfig)) as cluster:
                yield Rig(stack, Rest.sign_in(stack), cluster)
        finally:
            stack.stop()
            _devcluster("down", Path(folder))


def _devcluster(verb: str, folder: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    command = [built("tools/devcluster"), verb, "--state", str(folder / "cluster")]
    command += ["--owner-pid", str(os.getpid())] if verb == "up" else []
    printed = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return printed.partition("\n")[0]


def _administrator(kubeconfig: Path) -> httpx2.Client:
    config = yaml.safe_load(kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    authority = b64decode(cluster["certificate-authority-data"]).decode()
    return httpx2.Client(
        base_url=cluster["server"],
        headers={"Authorization": f"Bearer {config['users'][0]['user']['token']}"},
        verify=ssl.create_default_context(cadata=authority),
        trust_env=False,
        timeout=30,
    )
