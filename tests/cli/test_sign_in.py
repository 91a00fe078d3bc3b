import base64
import json
import socket
import stat

import pytest
import yaml


def token(subject="admin:login"):
    payload = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{payload}.signature"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "config"


@pytest.fixture
def ready(api):
    api.on("GET", "/api/version", {"Version": "v0.1.0"})
    api.on("POST", "/api/v1/session", {"token": token()})
    api.on("GET", "/api/v1/projects", {"items": []})
    api.on("DELETE", "/api/v1/session", {})
    return api


def test_a_password_becomes_a_token_that_is_kept_and_used(ready, run, path):
    done = run("login", ready.url, "--username", "admin", "--password", "pw")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"'admin:login' logged in successfully\nContext '{ready.address}' updated\n"
    assert ready.bodies("POST", "/api/v1/session") == [{"username": "admin", "password": "pw"}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = yaml.safe_load(path.read_text())
    assert kept["servers"] == [{"server": ready.address, "plain-text": True}]
    assert kept["current-context"] == ready.address
    assert run("proj", "list").code == 0
    assert ready.asked[-1].headers["authorization"] == f"Bearer {token()}"


def test_a_loopback_address_without_a_scheme_falls_back_to_plain_http(ready, run, path):
    done = run("login", ready.address, "--username", "admin", "--password", "pw", "--name", "local")
    assert done.code == 0
    assert "does not speak TLS; going on without it" in done.err
    assert yaml.safe_load(path.read_text())["servers"] == [{"server": ready.address, "plain-text": True}]


def test_a_password_is_read_from_standard_input(ready, run, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    assert run("login", ready.url, "--username", "admin").code == 0
    assert ready.bodies("POST", "/api/v1/session")[0]["password"] == "from a pipe"


def test_a_wrong_password_is_one_clear_line(ready, run, path):
    message = "Invalid username or password"
    ready.on("POST", "/api/v1/session", {"error": message, "code": 16, "message": message}, status=401)
    done = run("login", ready.url, "--username", "admin", "--password", "pw")
    assert (done.code, done.out) == (20, "")
    assert done.err.splitlines()[0] == "error: Invalid username or password"
    assert not path.exists()


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("http://argocd.example.com", "would send the password and the token unencrypted"),
        ("ftp://x", "is not a server"),
        ("user@x:1", "is not a server"),
        ("x:99999", "has no valid port"),
        ("https://", "is not a server"),
    ],
)
def test_a_server_that_is_none_is_refused(run, server, message):
    done = run("login", server, "--username", "a", "--password", "b")
    assert done.code == 20
    assert message in done.err


def test_a_server_that_is_not_there_is_named(run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*free.getsockname())
    done = run("proj", "list", "--server", f"http://{address}")
    assert done.code == 20
    assert f"error: http://{address} cannot be reached: connection refused" in done.err


def test_without_a_sign_in_the_user_is_told_to_sign_in(run, ready):
    assert "Run: argosy login SERVER" in run("app", "list").err
    ready.on("GET", "/api/v1/projects", {"error": "no session", "code": 16, "message": "no session"}, status=401)
    done = run("proj", "list", "--server", ready.url)
    assert (done.code, done.err) == (20, "error: no session\nRun: argosy login SERVER\n")


def test_a_token_goes_to_no_other_server_than_the_one_that_gave_it(ready, run):
    run("login", ready.url, "--username", "admin", "--password", "pw")
    other = ready.url.replace("127.0.0.1", "localhost")
    run("proj", "list", "--server", other)
    assert ready.asked[-1].path == "/api/v1/projects"
    assert "authorization" not in ready.asked[-1].headers


def test_environment_and_options_name_the_server_and_the_token(ready, run, monkeypatch):
    monkeypatch.setenv("ARGOCD_SERVER", ready.address)
    monkeypatch.setenv("ARGOCD_OPTS", "--plaintext --grpc-web -H 'X-Team: a b'")
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", "theirs")
    assert run("proj", "list").code == 0
    assert ready.asked[-1].headers["authorization"] == "Bearer theirs"
    assert ready.asked[-1].headers["x-team"] == "a b"
    monkeypatch.setenv("ARGOSY_AUTH_TOKEN", "ours")
    assert run("proj", "list").code == 0
    assert ready.asked[-1].headers["authorization"] == "Bearer ours"


def test_contexts_are_listed_switched_and_forgotten(ready, run):
    assert run("context").code == 20
    for name in ("one", "two"):
        run("login", ready.url, "--username", "a", "--password", "b", "--name", name)
    listed = run("context").out.splitlines()
    assert listed[0].split() == ["CURRENT", "NAME", "SERVER"]
    assert listed[1].split() == ["one", ready.address]
    assert listed[2].split() == ["*", "two", ready.address]
    assert run("context", "one").out == "Switched to context 'one'\n"
    assert run("context", "one").out == "Already at context 'one'\n"
    assert run("context", "two", "--delete").out == "Context 'two' deleted\n"
    assert run("context", "two").err.splitlines()[1] == "Known contexts: one."


def test_a_sign_out_is_told_to_the_server_and_forgotten_here(ready, run, path):
    run("login", ready.url, "--username", "a", "--password", "b", "--name", "one")
    assert run("logout", "one").out == "Logged out from 'one'\n"
    assert (ready.asked[-1].verb, ready.asked[-1].path) == ("DELETE", "/api/v1/session")
    assert "signature" not in path.read_text()


def test_what_is_not_supported_says_what_to_do_instead(run):
    done = run("app", "list", "--core")
    assert (done.code, done.err.splitlines()[0]) == (20, "error: --core is not supported")
    assert "argosy up" in done.err


def test_versions_are_shown(ready, run, argosy):
    assert run("version", "--client", "--short").out.startswith("argosy: v")
    shown = argosy("version", "--short").out.splitlines()
    assert shown[1] == "argosy-server: v0.1.0"
    assert json.loads(argosy("version", "-o", "json").out)["server"] == {"Version": "v0.1.0"}
