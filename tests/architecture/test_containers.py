"""The image and the compose file: right by the compose specification, and true to the code and to each other.

No container engine is needed, and none was: see docs/limits.md.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
OURS = ("setup", "repo_server", "controller", "api_server")
RUNTIME_PACKAGES = {"bubblewrap", "gpg", "ca-certificates", "curl", "git", "openssh-client"}


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def stages() -> dict[str, list[list[str]]]:
    """Return the instructions of each stage of the image by its name, the last one as `image`, split into words."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    found: dict[str, list[list[str]]] = {}
    for words in (line.split() for line in text.splitlines() if line and not line.startswith("#")):
        if words[0] == "FROM":
            found[words[3] if len(words) > 2 else "image"] = []
        found[list(found)[-1]].append(words)
    return found


def major_minor(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


def test_the_compose_file_fits_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def has_docker_compose() -> bool:
    docker = shutil.which("docker")
    return (
        bool(docker)
        and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not has_docker_compose(), reason="docker has no compose plugin here; the schema is what is checked")
def test_docker_reads_the_compose_file() -> None:
    command = ["docker", "compose", "--file", "docker-compose.yml", "config", "--quiet"]
    read = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr


def test_a_compose_file_with_a_mistake_would_not(tmp_path: Path) -> None:
    wrong = compose()
    wrong["services"]["controller"]["comand"] = ["python"]
    (tmp_path / "docker-compose.json").write_text(json.dumps(wrong))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.json"], cwd=tmp_path, capture_output=True, check=False)
    assert checked.returncode == 1


@pytest.mark.parametrize("part", ["networks", "secrets", "volumes"])
def test_whatever_a_service_names_is_there_and_nothing_is_left_over(part: str) -> None:
    file = compose()
    used = {each.partition(":")[0] for service in file["services"].values() for each in service.get(part, ())}
    assert used == set(file[part])


def test_services_wait_for_services_that_exist_and_say_how_they_are() -> None:
    services = compose()["services"]
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            assert name in services
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in services[name]


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_do_as_little_as_possible(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "user", "network_mode", "pid"} & set(service)


def test_only_the_api_server_has_a_port_and_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert list(ports) == ["api_server"]
    assert all(port.startswith("127.0.0.1:") for port in ports["api_server"])


def test_the_database_is_reached_from_inside_only() -> None:
    file = compose()
    assert file["services"]["postgresql"]["networks"] == ["memory"]
    assert file["networks"]["memory"]["internal"] is True


def test_no_credential_is_in_an_environment_or_an_argument() -> None:
    for service in compose()["services"].values():
        for value in service.get("environment", {}).values():
            assert not re.search(r"://[^/@]*:[^/@]*@", value), value
        assert "PASSWORD=" not in " ".join(service.get("command", ()))
    files = [secret["file"] for secret in compose()["secrets"].values()]
    assert all(file.startswith("secrets/") for file in files)
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_a_secret_that_is_read_is_one_that_the_service_has() -> None:
    for name, service in compose()["services"].items():
        words = [*service.get("environment", {}).values(), *service.get("command", ())]
        read = set(re.findall(r"/run/secrets/([a-z_]+)", " ".join(words)))
        assert read == set(service.get("secrets", ())), name


def test_the_processes_start_from_what_the_compose_file_tells_them(tmp_path: Path) -> None:
    """Each process reads its settings from the service's environment, the secrets lying in a folder of ours."""
    for name in ("repo_server_token", "controller_token", "tls_certificate", "tls_key", "kubeconfig"):
        (tmp_path / name).write_text("0123456789abcdef" * 3)
    services = compose()["services"]
    told = {
        name: {
            key: value.replace("/run/secrets", str(tmp_path)) for key, value in services[name]["environment"].items()
        }
        for name in ("repo_server", "controller", "api_server")
    }
    from api_server import settings as api_server
    from app_controller import settings as controller
    from repo_server import settings as repo_server

    server = api_server.read(told["api_server"])
    assert (server.host, server.port, server.secure) == ("0.0.0.0", 8443, True)
    at = controller.read(told["controller"]).listen
    assert server.controller == at
    asked = repo_server.read([], told["repo_server"]).listen
    assert isinstance(asked, repo_server.Unix)
    assert server.repo_server == controller.read(told["controller"]).repo_server == f"unix:{asked.path}"
    assert {service["command"][2] for service in services.values() if "python" in service.get("command", ())} == {
        "repo_server",
        "app_controller",
        "api_server",
    }


def test_what_the_image_copies_is_checked_in_and_not_ignored() -> None:
    passed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = tracked.splitlines()
    for stage in stages().values():
        for words in stage:
            if words[0] == "COPY" and not words[1].startswith("--from"):
                for source in words[1:-1]:
                    assert source.partition("/")[0] in passed
                    assert any(name == source or name.startswith(f"{source}/") for name in names), source


def test_the_build_has_tools_as_new_as_we_ask_for() -> None:
    found = stages()
    go = re.search(r"^go (\S+)", (ROOT / "tool_worker" / "go.mod").read_text(), re.MULTILINE)
    node = json.loads((ROOT / "ui" / "package.json").read_text())["engines"]["node"]
    assert go
    assert major_minor(found["worker"][0][1]) >= major_minor(go[1])
    assert major_minor(found["page"][0][1])[0] >= major_minor(node)[0]


def test_the_image_has_the_programs_that_are_run_and_no_root() -> None:
    image = stages()["image"]
    installed = re.search(r"--no-install-recommends (.*?) &&", " ".join(image[1]))
    assert installed
    assert set(installed[1].split()) == RUNTIME_PACKAGES
    assert ["USER", "10001:10001"] in image
    assert image[-1][0] == "CMD"


def test_the_image_has_the_database_driver() -> None:
    assert re.search(r"^psycopg==", (ROOT / "requirements" / "runtime.txt").read_text(), re.MULTILINE)
