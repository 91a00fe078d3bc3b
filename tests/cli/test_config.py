import stat

import pytest
import yaml

from argosy.cli import config
from argosy.cli.config import Context, LocalConfig, Server
from argosy.cli.errors import CommandError

# As `argocd login` of Argo CD 3.x leaves it.
ARGO_CD = """\
contexts:
- name: argocd.example.com
  server: argocd.example.com
  user: argocd.example.com
- name: local
  server: localhost:8080
  user: local
current-context: local
prompts-enabled: true
servers:
- grpc-web: true
  grpc-web-root-path: /argo
  server: argocd.example.com
- grpc-web-root-path: ""
  insecure: true
  plain-text: true
  server: localhost:8080
users:
- auth-token: eyJhbGciOiJIUzI1NiJ9.first
  name: argocd.example.com
  refresh-token: eyJhbGciOiJIUzI1NiJ9.refresh
- auth-token: eyJhbGciOiJIUzI1NiJ9.second
  name: local
"""


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "argocd" / "config"
    found.parent.mkdir()
    found.write_text(ARGO_CD)
    found.chmod(0o600)
    return found


def test_a_config_of_argo_cd_is_read(path):
    kept = config.read(path)
    assert kept.current == "local"
    local = kept.context("local")
    assert local == Context(
        "local", Server("localhost:8080", plain_text=True, insecure=True), "eyJhbGciOiJIUzI1NiJ9.second"
    )
    assert kept.context("argocd.example.com").server == Server("argocd.example.com", root_path="argo")


def test_a_config_of_argo_cd_is_written_back_whole(path):
    config.write(path, config.read(path))
    assert yaml.safe_load(path.read_text()) == yaml.safe_load(ARGO_CD)


def test_a_change_leaves_the_other_entries_alone(path):
    kept = config.read(path).with_sign_in(Context("local", Server("localhost:8080", plain_text=True), "new"))
    config.write(path, kept)
    document = yaml.safe_load(path.read_text())
    assert yaml.safe_load(ARGO_CD)["users"][0] in document["users"]
    assert {"name": "local", "auth-token": "new"} in document["users"]
    assert {"server": "localhost:8080", "plain-text": True} in document["servers"]
    assert len(document["contexts"]) == len(document["servers"]) == 2


def test_the_file_is_for_its_owner_only_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "config"
    config.write(path, LocalConfig({"current-context": "x"}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["config"]


def test_a_file_that_others_can_read_is_refused(path):
    path.chmod(0o644)
    with pytest.raises(CommandError, match="others can read it") as raised:
        config.read(path)
    assert raised.value.advice == f"Run: chmod 600 {path}"


def test_a_file_that_is_not_yaml_is_refused(path):
    path.write_text("contexts: [")
    with pytest.raises(CommandError, match="not YAML: line"):
        config.read(path)


def test_a_missing_file_is_empty(tmp_path):
    assert config.read(tmp_path / "none").contexts() == []


def test_a_context_is_forgotten_with_its_token_and_its_server(path):
    kept = config.read(path).without_context("local")
    assert kept.current == ""
    assert [context.name for context in kept.contexts()] == ["argocd.example.com"]
    assert [user["name"] for user in kept.document["users"]] == ["argocd.example.com"]
    assert [server["server"] for server in kept.document["servers"]] == ["argocd.example.com"]


def test_the_current_context_is_preferred_among_those_of_a_server():
    server = Server("a:1")
    kept = LocalConfig({}).with_sign_in(Context("one", server, "1")).with_sign_in(Context("two", server, "2"))
    assert kept.context_of_server("a:1").token == "2"
    assert kept.with_current("one").context_of_server("a:1").token == "1"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"ARGOSY_CONFIG_DIR": "/a", "ARGOCD_CONFIG_DIR": "/b", "XDG_CONFIG_HOME": "/c"}, "/a/config"),
        ({"ARGOCD_CONFIG_DIR": "/b", "XDG_CONFIG_HOME": "/c"}, "/b/config"),
        ({"XDG_CONFIG_HOME": "/c"}, "/c/argosy/config"),
    ],
)
def test_the_place_of_the_file(environment, expected):
    assert str(config.default_path(environment)) == expected


def test_a_token_is_not_shown():
    assert "secret" not in repr(Context("a", Server("b"), "secret"))
