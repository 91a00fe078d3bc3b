"""Submodules 2.66 and S-153: their files stand in their places, and nobody is told or asked what is not theirs."""

from collections.abc import Mapping

import pytest

from argosy.engine.model.repository import Repository
from repo_server.errors import Damaged, Refused
from repo_server.git import address
from repo_server.git.submodules import Composer, entry
from repo_server.tree import Tree
from repo_server.web.client import Web
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.repositories import Forge, Link, Reach, link

ALL = ("https", "http", "ssh", "git+ssh")


@pytest.fixture
def composer(reach: Reach, web: Web) -> Composer:
    return Composer(reach.mirrors, web=web)


async def opened(
    composer: Composer, reach: Reach, url: str, commit: str, *, submodules: bool = True, **options: str | bool | int
) -> Tree:
    return await composer.tree(await reach.mirror(url, **options), commit, submodules=submodules)


async def texts(tree: Tree, folder: str = "") -> Mapping[str, str]:
    """Return every file below a folder, links followed."""
    files = await tree.files(folder)
    return {path: content.decode() for path, content in (await tree.read(files, limit=10_000)).items()}


async def test_2_66_the_files_of_a_submodule_stand_in_its_place(forge: Forge, reach: Reach, composer: Composer):
    other = forge.create("other")
    pinned = other.commit({"a.yaml": "old", "below/b.yaml": "b"})
    other.commit({"a.yaml": "new"})
    tree = forge.create()
    tree.commit({"own.yaml": "own"})
    commit = link(tree, "apps/other", pinned, forge.address("other"))
    files = await opened(composer, reach, forge.address(), commit)
    assert await texts(files, "apps") == {
        "apps/other/a.yaml": "old",
        "apps/other/below/b.yaml": "b",
    }
    walked = {path: node async for path, node in files.walk("apps", hidden=False)}
    assert walked["apps/other"].kind == "directory"
    assert pinned in walked["apps/other"].identity


async def test_2_66_a_submodule_that_nobody_reads_is_not_fetched(forge: Forge, reach: Reach, composer: Composer):
    tree = forge.create()
    tree.commit({"own/a.yaml": "own"})
    commit = link(tree, "other", "1" * 40, "http://127.0.0.1:9/other")
    files = await opened(composer, reach, forge.address(), commit)
    assert await texts(files, "own") == {"own/a.yaml": "own"}
    assert await files.find("nothing") is None
    assert ".gitmodules" not in files.record.found


async def test_2_66_switched_off_a_submodule_is_refused_and_says_what_to_do(
    forge: Forge, reach: Reach, composer: Composer
):
    pinned = forge.create("other").commit({"a.yaml": "a"})
    tree = forge.create()
    commit = link(tree, "other", pinned, "../../other/.git")
    files = await opened(composer, reach, forge.address(), commit, submodules=False)
    for path in ("other", "other/a.yaml"):
        with pytest.raises(Refused, match="switch them on") as refused:
            await files.demand(path, kind="directory")
        assert refused.value.code == "path_not_found"
    with pytest.raises(Refused, match="'other' is a submodule"):
        await files.files("")


async def test_2_66_submodules_nest_each_by_its_own_declaration(forge: Forge, reach: Reach, composer: Composer):
    inner = forge.create("inner").commit({"i.yaml": "inner"})
    middle = forge.create("middle")
    middle.commit({"m.yaml": "middle"})
    nested = link(middle, "deep/inner", inner, "../../inner/.git")
    tree = forge.create()
    commit = link(tree, "middle", nested, "../../middle/.git")
    files = await opened(composer, reach, forge.address(), commit)
    assert {path for path in await texts(files) if path.endswith(".yaml")} == {
        "middle/m.yaml",
        "middle/deep/inner/i.yaml",
    }
    assert {".gitmodules", "middle/.gitmodules"} <= files.record.found.keys()


async def test_s_153_nesting_ends_at_five(forge: Forge, reach: Reach, composer: Composer):
    tree = forge.create()
    commit = tree.commit({"a.yaml": "a"})
    for _ in range(6):
        (tree.folder / ".gitmodules").unlink(missing_ok=True)
        commit = link(tree, "again", commit, forge.address())
    files = await opened(composer, reach, forge.address(), commit)
    assert await files.find("again/again/again/again/again") is not None
    with pytest.raises(Refused, match="nested deeper than the limit of 5") as refused:
        await files.files("")
    assert refused.value.code == "limit_exceeded"


async def test_a_submodule_that_is_moved_on_changes_what_was_read(forge: Forge, reach: Reach, composer: Composer):
    other = forge.create("other")
    tree = forge.create()
    seen: list[dict[str, str]] = []
    for text in ("1", "2"):
        pinned = other.commit({"a.yaml": text, "b.yaml": "same"})
        (tree.folder / ".gitmodules").unlink(missing_ok=True)
        commit = link(tree, "apps/other", pinned, forge.address("other"))
        files = await opened(composer, reach, forge.address(), commit)
        for path in ("apps", "apps/other", "apps/other/a.yaml", "apps/other/b.yaml"):
            await files.find(path)
        seen.append({path: node.identity if node is not None else "" for path, node in files.record.found.items()})
    before, after = seen
    assert {path for path in before if before[path] != after[path]} == {"apps", "apps/other", "apps/other/a.yaml"}


async def test_b_15_links_lead_through_a_submodule_and_not_out_of_the_tree(
    forge: Forge, reach: Reach, composer: Composer
):
    other = forge.create("other")
    pinned = other.commit({"a": "a", "up": Link("../own"), "out": Link("../../etc/passwd"), "git": Link(".git/config")})
    tree = forge.create()
    tree.commit({"own": "own", "into": Link("other/a")})
    commit = link(tree, "other", pinned, forge.address("other"))
    files = await opened(composer, reach, forge.address(), commit)
    assert await files.read(["into", "other/up"], limit=100) == {"into": b"a", "other/up": b"own"}
    with pytest.raises(Refused, match="symbolic link out of the repository"):
        await files.find("other/out")
    assert await files.find("other/git") is None


@pytest.mark.parametrize(
    ("declaration", "because"),
    [
        (None, "has no URL"),
        ('[submodule "other"]\n\tpath = elsewhere\n\turl = URL\n', "has no URL"),
        ('[submodule "other"]\n\tpath = other\n', "has no URL"),
        ("[submodule\n", "malformed"),
        ('[submodule "other"]\n\tpath = other\n\turl = http://127.0.0.1:9/other\n', "submodule 'other'"),
        ('[submodule "other"]\n\tpath = other\n\turl = file:///etc\n', "not allowed"),
        ('[submodule "other"]\n\tpath = other\n\turl = /etc\n', "cannot be used"),
        ('[submodule "other"]\n\tpath = other\n\turl = http://me:secret@host/other\n', "user name or password"),
        ('[submodule "other"]\n\tpath = other\n\turl = ../../../../other\n', "leads out of"),
    ],
)
async def test_b_52_a_declaration_that_leads_nowhere_is_refused(
    forge: Forge, reach: Reach, composer: Composer, declaration: str | None, because: str
):
    tree = forge.create()
    files = {} if declaration is None else {".gitmodules": declaration.replace("URL", forge.address("other"))}
    tree.commit(files)
    commit = link(tree, "other", "1" * 40, None)
    opened_tree = await opened(composer, reach, forge.address(), commit)
    with pytest.raises(Refused, match=because) as refused:
        await opened_tree.files("")
    assert "secret" not in refused.value.message


async def test_b_52_a_gitmodules_that_is_no_file_is_refused_on_arrival(forge: Forge, reach: Reach, composer: Composer):
    commit = forge.create().commit({".gitmodules/file": "x"})
    with pytest.raises(Refused, match="its objects are not sound"):
        await opened(composer, reach, forge.address(), commit)


@pytest.mark.parametrize(
    "declaration",
    [
        '[submodule "../../x"]\n\tpath = other\n\turl = http://host/x\n',
        '[submodule "other"]\n\tpath = other\n\turl = -u./payload\n',
        '[submodule "other"]\n\tpath = -other\n\turl = http://host/x\n',
        '[submodule "other"]\n\tpath = other\n\turl = "http://host/x\\nhost=evil"\n',
        '[submodule "other"]\n\tpath = other\n\turl = http://host/x\n\tupdate = !touch marker\n',
    ],
)
async def test_s_153_git_refuses_hostile_declarations_on_arrival(
    forge: Forge, reach: Reach, composer: Composer, declaration: str
):
    tree = forge.create()
    tree.commit({".gitmodules": declaration})
    commit = link(tree, "other", "1" * 40, None)
    with pytest.raises(Refused, match="its objects are not sound"):
        await opened(composer, reach, forge.address(), commit)


async def test_2_66_the_repositorys_credentials_go_to_its_own_server(
    private_forge: Forge, reach: Reach, composer: Composer
):
    pinned = private_forge.create("other").commit({"a.yaml": "a"})
    commit = link(private_forge.create(), "other", pinned, "../../other/.git")
    files = await opened(composer, reach, private_forge.address(), commit, username="ada", password=PASSWORD)
    assert await files.read(["other/a.yaml"], limit=10) == {"other/a.yaml": b"a"}


async def test_s_153_another_server_is_told_no_credentials(
    forge: Forge, private_forge: Forge, reach: Reach, composer: Composer
):
    pinned = private_forge.create("other").commit({"a.yaml": "a"})
    commit = link(forge.create(), "other", pinned, private_forge.address("other"))
    files = await opened(composer, reach, forge.address(), commit, username="ada", password=PASSWORD)
    with pytest.raises(Refused, match="wants credentials and none are configured") as refused:
        await files.find("other")
    assert refused.value.code == "access_denied"


SECRET = Repository(
    url="x",
    username="ada",
    password="pass",
    bearer_token="token",
    ssh_private_key="key",
    tls_client_cert_data="cert",
    tls_client_cert_key="certkey",
    insecure=True,
    github_app_private_key="app",
    gcp_service_account_key="google",
    azure_service_principal_client_secret="azure",
    use_azure_workload_identity=True,
    ca_pem="ca",
    known_hosts="known",
    proxy="http://proxy:1",
    enable_lfs=True,
)


@pytest.mark.parametrize(
    ("parent", "url", "expected", "trusted"),
    [
        ("https://host/org/repo.git", "../other.git", "https://host/org/other.git", True),
        ("https://host/org/repo", "./nested/other", "https://host/org/repo/nested/other", True),
        ("https://host/org/repo/", "../../team/other", "https://host/team/other", True),
        ("https://host/org/repo", "https://HOST:443/x", "https://HOST:443/x", True),
        ("https://host/org/repo", "https://host:444/x", "https://host:444/x", False),
        ("https://host/org/repo", "https://host.evil/x", "https://host.evil/x", False),
        ("https://host/org/repo", "git@host:x", "git@host:x", False),
        ("http://host/org/repo", "https://host/x", "https://host/x", False),
        ("git@host:org/repo.git", "../other.git", "git@host:org/other.git", True),
        ("git@host:org/repo.git", "ssh://git@host:22/other", "ssh://git@host:22/other", True),
        ("ssh://git@host:2222/org/repo", "../other", "ssh://git@host:2222/org/other", True),
        ("ssh://git@host:2222/org/repo", "ssh://git@host/other", "ssh://git@host/other", False),
        ("ssh://git@host:2222/org/repo", "git@elsewhere:other", "git@elsewhere:other", False),
    ],
)
def test_s_153_who_is_told_the_credentials(parent: str, url: str, expected: str, trusted: bool):
    place, repository = entry(url, address.parse(parent, schemes=ALL), SECRET)
    assert place == repository.url == expected
    if trusted:
        assert repository.password == "pass"
    else:
        blank = Repository(url=expected, proxy="http://proxy:1", enable_lfs=True)
        assert repository == blank


@pytest.mark.parametrize(
    ("parent", "url"),
    [
        ("https://host/repo", "http://host/other"),
        ("git@host:repo", "http://host/other"),
        ("https://host/repo", "file:///etc"),
        ("https://host/repo", "ext::sh -c id"),
        ("https://host/repo", "git://host/other"),
        ("https://host/repo", "../../elsewhere.example/other"),
        ("https://host/repo", "-u./payload"),
        ("git@host:repo", "../../x"),
    ],
)
def test_s_153_a_submodule_is_not_reached_in_a_weaker_way_than_its_repository(parent: str, url: str):
    with pytest.raises(Refused) as refused:
        entry(url, address.parse(parent, schemes=ALL), SECRET)
    assert refused.value.code == "invalid"


async def test_a_damaged_mirror_of_a_submodule_is_replaced_at_the_next_attempt(
    forge: Forge, reach: Reach, composer: Composer
):
    pinned = forge.create("other").commit({"a.yaml": "a"})
    commit = link(forge.create(), "other", pinned, forge.address("other"))
    mirror = await reach.mirror(forge.address("other"))
    await mirror.tree(pinned)
    await mirror.rest()
    for pack in mirror.folder.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:-60] + bytes(60))
    with pytest.raises(Damaged):
        await texts(await opened(composer, reach, forge.address(), commit), "other")
    files = await opened(composer, reach, forge.address(), commit)
    assert await texts(files, "other") == {"other/a.yaml": "a"}
