"""Credential plugins: what they are told, and what becomes of those that misbehave."""

import json
import stat
import sys
from pathlib import Path

import pytest

from argosy.gateways.kubernetes import plugin
from argosy.gateways.kubernetes.connection import ExecPlugin
from argosy.gateways.kubernetes.errors import Unauthorized


@pytest.fixture
def write(tmp_path):
    def program(text, **options):
        path = tmp_path / "plugin"
        path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return ExecPlugin(str(path), api_version="v", **options)

    return program


GIVE = "print(json.dumps({'apiVersion': 'v', 'kind': 'ExecCredential', 'status': {'token': %s}}))"


async def test_a_plugin_is_told_what_kubernetes_tells_it(write):
    told = await plugin.run(write(GIVE % "os.environ['KUBERNETES_EXEC_INFO']"))
    spec = {"interactive": False}
    assert json.loads(told.token) == {"apiVersion": "v", "kind": "ExecCredential", "spec": spec}
    told = await plugin.run(write(GIVE % "os.environ['KUBERNETES_EXEC_INFO']", cluster_info='{"server": "https://c"}'))
    assert json.loads(told.token)["spec"]["cluster"] == {"server": "https://c"}


async def test_a_plugin_sees_its_own_environment_and_not_argosys(write, monkeypatch):
    monkeypatch.setenv("ARGOSY_DATABASE_URL", "postgresql://argosy:hunter2@db/argosy")
    monkeypatch.setenv("CLOUD_REGION", "north")
    seen = await plugin.run(write(GIVE % "json.dumps(dict(os.environ))", env=(("ITS_OWN", "1"),)))
    names = json.loads(seen.token)
    assert {"CLOUD_REGION", "ITS_OWN", "PATH"} <= names.keys()
    assert not [name for name in names if name.startswith("ARGOSY_")]


async def test_a_plugin_that_hangs_is_killed_with_what_it_started(write, tmp_path, monkeypatch):
    monkeypatch.setattr(plugin, "_WITHIN_SECONDS", 2.0)
    noted = tmp_path / "pids"
    text = f"import subprocess; child = subprocess.Popen(['sleep', '600']); open({str(noted)!r}, 'w').write"
    with pytest.raises(Unauthorized, match="gave no answer in 2 s"):
        await plugin.run(write(f"{text}(f'{{os.getpid()}} {{child.pid}}'); sys.stdout.flush(); time.sleep(600)"))
    assert not any(map(is_running, map(int, noted.read_text().split())))


def is_running(pid):
    """Return whether a process runs; a zombie, whom somebody else has to bury, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_plugin_that_prints_without_end_is_refused(write, monkeypatch):
    monkeypatch.setattr(plugin, "_WITHIN_SECONDS", 2.0)
    with pytest.raises(Unauthorized, match=r"failed|no answer"):
        await plugin.run(write("while True: print('x' * 65536)"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("print('hunter2')", "it printed no ExecCredential"),
        ('print(\'{"apiVersion": "v", "kind": 5, "hunter2": 1}\')', "it printed no ExecCredential"),
        ('print(\'{"apiVersion": "w", "kind": "ExecCredential"}\')', "not ExecCredential v"),
        ("sys.stderr.write('sign in first'); sys.exit(3)", "it ended with 3. sign in first"),
    ],
)
async def test_what_a_plugin_did_wrong_is_said_and_what_it_printed_is_not(write, text, message):
    with pytest.raises(Unauthorized, match=message) as error:
        await plugin.run(write(text))
    assert "hunter2" not in str(error.value)
