"""A plugin's own git with the credentials of its repository, and with no others. 2.38, S-070, S-115."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import PluginOptions, Source
from argosy.gateways.manifests.errors import ManifestsError
from argosy.wire.repo_server import RenderRequest, SourceRequest
from repo_server.errors import Refused
from repo_server.git.access import Access
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.kitchen import config_map
from tests.repo_server.plugins.conftest import Committed, Workshop
from tests.repo_server.processes import Running, Starter
from tests.repo_server.remote import certificates
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import GitServer, Login

LENT = "  provideGitCreds: true\n"
CLONED = 'git clone --quiet "$ARGOCD_APP_SOURCE_REPO_URL" /tmp/clone && cat /tmp/clone/elsewhere.yaml'
LOOKED = 'git ls-remote "{}" >/tmp/said 2>&1 && echo let in || sed "s/^/# /" /tmp/said'


@pytest.fixture
async def starter(tmp_path: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starter]:
    monkeypatch.setenv("ARGOSY_REPO_SERVER_PLUGINS", str(workshop.folder))
    starter = Starter(tmp_path, [])
    yield starter
    await starter.end()


@pytest.fixture
def other_forge(tmp_path: Path) -> Iterator[Forge]:
    """Another host, with the same login as the private one."""
    (tmp_path / "other").mkdir()
    with GitServer(root=tmp_path / "other", login=Login(user="ada", password=PASSWORD)) as server:
        yield Forge(tmp_path / "other", server.url, server.requests)


async def _rendered(running: Running, url: str, **entry: Any) -> list[Any]:
    source = Source(repo_url=url, path="app", plugin=PluginOptions(name="p"))
    login = {"username": "ada", "password": PASSWORD, **entry}
    item = SourceRequest(source=source, repository=Repository(url=url, **login))
    asked = RenderRequest(application="shop", namespace="store", project="default", sources=(item,))
    (rendered,) = (await running.client.render(asked)).sources
    return [manifest.manifest for manifest in rendered.manifests]


async def test_2_38_a_plugin_clones_its_private_repository(starter: Starter, workshop: Workshop, private_forge: Forge):
    workshop.script(CLONED, spec=LENT)
    private_forge.create().commit({"app/a": "", "elsewhere.yaml": config_map("cloned")})
    running = await starter.start()
    (manifest,) = await _rendered(running, private_forge.address())
    assert manifest["metadata"]["name"] == "cloned"
    assert list(starter.folder.joinpath("state/plugins").rglob("*")) == []


async def test_2_38_many_commands_of_one_run_are_answered(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge
):
    private_forge.create().commit({"a": ""})
    access = await _access(reach, private_forge.address())
    name = workshop.script(
        f"for i in 1 2 3 4; do git ls-remote {private_forge.address()} HEAD | wc -l; done", spec=LENT
    )
    assert await workshop.render(name, await committed({"app/a": ""}), access=access) == "1\n1\n1\n1\n"


async def test_2_38_init_gets_them_too(workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge):
    private_forge.create().commit({"a": "fetched"})
    init = f"  init:\n    command: [git, clone, --quiet, {private_forge.address()}, clone]\n"
    name = workshop.script("cat clone/a", spec=init + LENT)
    access = await _access(reach, private_forge.address())
    assert await workshop.render(name, await committed({"app/b": ""}), access=access) == "fetched"


async def test_2_38_one_without_the_field_gets_nothing(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge
):
    private_forge.create().commit({"a": ""})
    script = LOOKED.format(private_forge.address()) + "; env | grep -c -i askpass; ls /run 2>&1 || true"
    name = workshop.script(script, annotations='argosy/network: "true"')
    access = await _access(reach, private_forge.address())
    said = await workshop.render(name, await committed({"app/a": ""}), access=access)
    assert "could not read Username" in said
    assert "let in" not in said
    assert said.splitlines()[-2:] == ["0", "ls: cannot access '/run': No such file or directory"]


async def test_s_115_another_host_is_told_nothing(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge, other_forge: Forge
):
    for forge in (private_forge, other_forge):
        forge.create().commit({"a": ""})
    script = f"{LOOKED.format(other_forge.address())}; {LOOKED.format(private_forge.address())}"
    access = await _access(reach, private_forge.address())
    said = await workshop.render(workshop.script(script, spec=LENT), await committed({"app/a": ""}), access=access)
    other, own = said.strip().rsplit("\n", 1)
    assert "unable to read askpass response" in other
    assert "let in" not in other
    assert own == "let in"


async def test_s_070_the_login_is_in_no_variable_argument_or_file(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge
):
    private_forge.create().commit({"a": ""})
    script = (
        f"git ls-remote {private_forge.address()} >/dev/null\n"
        "grep -r -l 'w@[r]d' /run /tmp /source /dev/shm; cat /proc/*/environ /proc/*/cmdline | grep -c -a 'w@[r]d'\n"
        "touch /run/argosy/x 2>&1; rm /run/argosy/askpass 2>&1; ls /run/argosy | tr '\\n' ' '"
    )
    name = workshop.script(script, spec=LENT)
    access = await _access(reach, private_forge.address())
    said = (await workshop.render(name, await committed({"app/a": ""}), access=access)).splitlines()
    assert said[0] == "0"
    assert "Read-only file system" in said[1]
    assert "Read-only file system" in said[2]
    assert said[3] == "askpass askpass.socket "


async def test_s_115_a_ticket_ends_with_its_run(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge
):
    private_forge.create().commit({"a": ""})
    access = await _access(reach, private_forge.address())
    tree = await committed({"app/a": ""})
    first = workshop.script('echo "$ARGOSY_ASKPASS_TICKET"', spec=LENT)
    old = (await workshop.render(first, tree, access=access)).strip()
    assert len(old) > 30
    script = f"ARGOSY_ASKPASS_TICKET={old} {LOOKED.format(private_forge.address())}"
    assert "let in" not in await workshop.render(workshop.script(script, name="q", spec=LENT), tree, access=access)


async def test_s_065_what_a_plugin_says_of_its_credentials_is_not_told(
    workshop: Workshop, committed: Committed, reach: Reach, private_forge: Forge
):
    access = await _access(reach, private_forge.address())
    tree = await committed({"app/a": ""})
    asked = f'"$GIT_ASKPASS" "Password for \'{private_forge.url}\': "'
    for number, (script, said) in enumerate(
        [(asked, "printed a credential of the repository"), (f"{asked} >&2; exit 1", r"\*\*\*")]
    ):
        with pytest.raises(Refused, match=said) as refused:
            await workshop.render(workshop.script(script, name=f"p{number}", spec=LENT), tree, access=access)
        assert PASSWORD not in refused.value.message


async def test_2_38_its_git_trusts_the_authority_of_the_entry(
    workshop: Workshop, committed: Committed, reach: Reach, tmp_path: Path
):
    authority = certificates.authority()
    (tmp_path / "tls").mkdir()
    tls = certificates.context(tmp_path, authority)
    with GitServer(root=tmp_path / "tls", tls=tls) as server:
        forge = Forge(tmp_path / "tls", server.url, server.requests)
        forge.create().commit({"a": ""})
        name = workshop.script(LOOKED.format(forge.address()), spec=LENT)
        tree = await committed({"app/a": ""})
        for entry, said in (
            ({"ca_pem": authority.certificate}, "let in"),
            ({"insecure": True}, "let in"),
            ({}, "certificate"),
        ):
            access = await _access(reach, forge.address(), **entry)
            assert said in await workshop.render(name, tree, access=access)


async def test_2_38_of_an_ssh_repository_no_key_is_lent(workshop: Workshop, committed: Committed, reach: Reach):
    name = workshop.script("env | grep -c -i -e askpass -e ssh; ls /run/argosy", spec=LENT)
    access = await _access(reach, "ssh://git@git.example.org/app", ssh_private_key="KEY")
    assert await workshop.render(name, await committed({"app/a": ""}), access=access) == "0\n"


async def test_a_failure_of_its_git_names_the_plugin(starter: Starter, workshop: Workshop, private_forge: Forge):
    workshop.script("git clone --quiet $ARGOCD_APP_SOURCE_REPO_URL/none /tmp/clone", spec=LENT)
    private_forge.create().commit({"app/a": ""})
    running = await starter.start()
    with pytest.raises(ManifestsError, match=r"(?s)plugin 'p': .* ended with status 128:.*not found"):
        await _rendered(running, private_forge.address())


async def test_without_a_python_that_plugins_see_it_is_said(
    workshop: Workshop, committed: Committed, reach: Reach, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None if path else f"/usr/bin/{name}")
    access = await _access(reach, "http://git.example.org/app", username="ada", password=PASSWORD)
    with pytest.raises(Refused, match="provideGitCreds needs a python3 in one of /usr/local") as refused:
        await workshop.render(workshop.script("echo", spec=LENT), await committed({"app/a": ""}), access=access)
    assert refused.value.code == "unavailable"


async def _access(reach: Reach, url: str, **entry: Any) -> Access:
    return await (await reach.mirror(url, **(entry or {"username": "ada", "password": PASSWORD}))).equipped()
