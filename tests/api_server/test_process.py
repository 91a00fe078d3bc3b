"""The process itself: its settings, where it listens, how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from api_server import settings
from api_server.settings import Plain, Tls
from argosy.gateways.process import BadSetting

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def environment(tmp_path):
    for name in ("repo-server", "controller"):
        (tmp_path / f"{name}.token").write_text("t" * 40)
    return {
        "ARGOSY_STATE_DIR": str(tmp_path),
        "ARGOSY_REPO_SERVER": f"unix:{tmp_path}/repo-server",
        "ARGOSY_REPO_SERVER_TOKEN_FILE": str(tmp_path / "repo-server.token"),
        "ARGOSY_CONTROLLER": f"unix:{tmp_path}/controller",
        "ARGOSY_CONTROLLER_TOKEN_FILE": str(tmp_path / "controller.token"),
    }


def test_the_defaults_are_safe(environment):
    found = settings.read(environment)
    assert (found.host, found.port, found.transport) == ("127.0.0.1", 8080, Plain())
    assert not found.secure
    assert "t" * 40 not in repr(found)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ARGOSY_STATE_DIR": ""}, "ARGOSY_STATE_DIR"),
        ({"ARGOSY_CONTROLLER": ""}, "ARGOSY_CONTROLLER"),
        ({"ARGOSY_CONTROLLER_TOKEN_FILE": "/nowhere"}, "ARGOSY_CONTROLLER_TOKEN_FILE"),
        ({"ARGOSY_SERVER_LISTEN": "8080"}, "ARGOSY_SERVER_LISTEN"),
        ({"ARGOSY_SERVER_LISTEN": "127.0.0.1:99999"}, "ARGOSY_SERVER_LISTEN"),
        ({"ARGOSY_SERVER_LISTEN": "0.0.0.0:8080"}, "plain HTTP on 0.0.0.0"),
        ({"ARGOSY_SERVER_TLS_CERT": "/c.pem"}, "give both or none"),
        ({"ARGOSY_SERVER_BEHIND_TLS": "perhaps"}, "ARGOSY_SERVER_BEHIND_TLS"),
    ],
)
def test_what_cannot_be_used_is_named(environment, changed, named):
    with pytest.raises(BadSetting, match=named):
        settings.read(environment | changed)


def test_elsewhere_than_on_loopback_it_needs_tls(environment):
    proxied = settings.read(environment | {"ARGOSY_SERVER_BEHIND_TLS": "true"}, listen="0.0.0.0:80")
    assert proxied.secure
    own = {"ARGOSY_SERVER_TLS_CERT": "/c.pem", "ARGOSY_SERVER_TLS_KEY": "/k.pem"}
    found = settings.read(environment | own, listen="[::]:443")
    assert (found.host, found.port, found.transport) == ("::", 443, Tls(Path("/c.pem"), Path("/k.pem")))
    assert found.secure


def start(environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "api_server", "--listen", "127.0.0.1:0"],
        cwd=ROOT,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_bad_setting_ends_the_process_in_one_line(environment):
    process = start(environment | {"ARGOSY_CONTROLLER": ""})
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == "api_server: ARGOSY_CONTROLLER is not set; `argosy up` sets it, see docs/settings.md\n"


def test_it_says_where_it_listens_and_ends_when_told(environment, control_plane, namespace, definitions):
    process = start(environment | {"ARGOSY_KUBECONFIG": str(control_plane.kubeconfig), "ARGOSY_NAMESPACE": namespace})
    try:
        said = process.stdout.readline().strip()
        assert said.startswith("listening on http://127.0.0.1:")
        url = said.removeprefix("listening on ")
        answer = httpx2.get(f"{url}/api/version", trust_env=False)
        assert set(answer.json()) == {"Version"}
        assert answer.headers["x-content-type-options"] == "nosniff"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
        assert "t" * 40 not in errors
    finally:
        process.kill()
        process.communicate()
