"""docs/settings.md says what the code reads, all of it and nothing else, with the defaults that it has."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from api_server import settings as api_server
from app_controller import settings as controller
from argosy.engine import settings as engine_settings
from argosy.engine.settings import clusters, config_map, parameters, repositories
from repo_server import settings as repo_server

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "settings.md").read_text()
READERS = ("argosy", "repo_server", "app_controller", "api_server", "tools", "ui/src", "ui/vite.config.ts")
SOURCES = (".py", ".go", ".ts", ".tsx")
OURS = re.compile(r"(?<!\w)_?ARGOSY_[A-Z0-9_]*[A-Z0-9]\b")

Read = Callable[[Mapping[str, str]], Any]
PROCESSES: dict[str, Read] = {
    "repo server": lambda environment: repo_server.read([], environment),
    "controller": controller.read,
    "API server": api_server.read,
}


class Recording(dict[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


@pytest.fixture
def needed(tmp_path: Path) -> dict[str, str]:
    """What no process starts without."""
    token = tmp_path / "token"
    token.write_text("0123456789abcdef" * 2)
    return {
        "ARGOSY_STATE_DIR": str(tmp_path),
        "ARGOSY_REPO_SERVER": "unix:/run/repo-server",
        "ARGOSY_CONTROLLER": "unix:/run/controller",
        "ARGOSY_REPO_SERVER_TOKEN_FILE": str(token),
        "ARGOSY_CONTROLLER_TOKEN_FILE": str(token),
        "ARGOSY_CONTROLLER_IDENTITY": "test",
    }


def section(title: str) -> str:
    """Return the text below a heading, up to the next one."""
    return re.split(r"^#+ ", PAGE.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def defaults(title: str, key: str) -> Iterator[tuple[str, str]]:
    """Yield name and default of the rows of a table whose default is a value."""
    yield from re.findall(rf"^\| `({key})` \| `([^`]+)` \|", section(title), re.MULTILINE)


def named_in_code() -> set[str]:
    files = [
        path
        for reader in READERS
        for path in ([ROOT / reader] if (ROOT / reader).is_file() else (ROOT / reader).rglob("*"))
        if path.suffix in SOURCES
    ]
    return {name for path in files for name in OURS.findall(path.read_text())}


def test_every_variable_is_on_the_page_and_no_other(needed: dict[str, str]) -> None:
    asked: set[str] = set()
    for read in PROCESSES.values():
        environment = Recording(needed)
        read(environment)
        asked |= environment.asked
    known = named_in_code() | {name for name in asked if name.startswith("ARGOSY_")}
    assert set(OURS.findall(PAGE)) == known


def test_the_repo_server_takes_argo_cds_names_as_the_page_says(needed: dict[str, str]) -> None:
    environment = Recording(needed)
    repo_server.read([], environment)
    table = set(OURS.findall(section("Repo server"))) | {"ARGOSY_REPO_SERVER_TOKEN_FILE"}
    without_a_value = {name for name in environment.asked if name.startswith("ARGOCD_")}
    assert {name.replace("ARGOCD_", "ARGOSY_") for name in without_a_value} == table - set(needed)


@pytest.mark.parametrize("title", ["All three, or two of them", "Repo server", "Application controller", "API server"])
def test_the_defaults_on_the_page_are_those_of_the_code(title: str, needed: dict[str, str]) -> None:
    found = list(defaults(title, "ARGOSY_[A-Z_]+"))
    assert found
    for name, default in found:
        for process, read in PROCESSES.items():
            assert read({**needed, name: default}) == read(needed), f"{name} of the {process}"


def test_a_wrong_default_on_the_page_would_be_noticed(needed: dict[str, str]) -> None:
    read = PROCESSES["repo server"]
    assert read({**needed, "ARGOSY_EXEC_TIMEOUT": "91s"}) != read(needed)


@pytest.mark.parametrize("name", [name for name, default in re.findall(r"`(ARGOSY_\w+)` \| (\(needed\))", PAGE)])
def test_what_is_needed_is_refused_when_it_is_missing(name: str, needed: dict[str, str]) -> None:
    missing = {key: value for key, value in needed.items() if key != name}
    with pytest.raises(Exception, match=name) as refused:
        [read(missing) for read in PROCESSES.values()]
    assert refused.type.__name__ == "BadSetting"


def keys_of(text: str) -> set[str]:
    return set(re.findall(r"`([A-Za-z][\w.]*)`", text))


def test_every_key_of_argocd_cm_is_on_the_page_and_no_other() -> None:
    before, _, after = section("Keys of argocd-cm").partition("Argo CD's, known and not read yet:")
    read = {name for name in config_map._READ if re.search(rf"(^\| |[ \n])`{re.escape(name)}`", before)}
    assert read == set(config_map._READ)
    rows = set(re.findall(r"^\| `([^`]+)`", before, re.MULTILINE))
    rest = keys_of(before.partition("Read, and told")[2])
    assert rows | rest == set(config_map._READ)
    assert set(config_map._READ_FAMILIES) <= {f"{name}." for name in re.findall(r"`([\w.]+)\.<\w+>`", before)}
    assert keys_of(after) == set(config_map._ACCEPTED) | set(config_map._ACCEPTED_FAMILIES)


def test_the_defaults_of_argocd_cm_on_the_page_are_those_of_the_code() -> None:
    found = dict(defaults("Keys of argocd-cm", "[^`]+"))
    assert found
    for name, default in found.items():
        key = config_map._READ[name]
        assert key.read(default) == key.default, name


def test_every_key_of_the_parameters_is_on_the_page_with_its_default() -> None:
    title = "Keys of argocd-cmd-params-cm"
    assert set(re.findall(r"^\| `([^`]+)`", section(title), re.MULTILINE)) == set(parameters.KEYS)
    for name, default in defaults(title, "[^`]+"):
        assert parameters.KEYS[name].read(default) == parameters.KEYS[name].default, name


def test_keys_said_to_be_without_effect_are_looked_at_by_nobody() -> None:
    fields = {
        "exec.enabled": "exec_enabled",
        "application.sync.impersonation.enabled": "impersonation_enabled",
        "resource.ignoreResourceUpdatesEnabled": "ignore_resource_updates",
    }
    said = section("Keys of argocd-cm").partition("without effect yet:")[2].partition("Argo CD's, known")[0]
    assert keys_of(said) == set(fields)
    code = [
        path.read_text()
        for package in ("argosy", "repo_server", "app_controller", "api_server")
        for path in (ROOT / package).rglob("*.py")
        if "engine/settings" not in str(path)
    ]
    for name, field in fields.items():
        assert not [text for text in code if re.search(rf"(?<!}})\.{field}\b", text)], name


def test_the_settings_objects_are_on_the_page() -> None:
    objects = section("Settings objects")
    for name in (*engine_settings.CONFIG_MAPS, engine_settings.ACCOUNTS_SECRET):
        assert f"`{name}`" in objects


def test_the_keys_of_labelled_secrets_are_on_the_page() -> None:
    text = section("Secrets by label")
    known = set(repositories.FIELDS) | set(clusters._KEYS)
    assert known - keys_of(text) == set()
    assert keys_of(text) - known == {"repository", "cluster", "git", "helm", "oci"}
