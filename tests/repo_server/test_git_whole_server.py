"""Submodules and signatures through the whole repo server: what is rendered, from which cache, and what is not."""

from typing import Any, Literal

import msgspec
import pytest

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.source import DirectoryOptions, Source
from argosy.wire.repo_server import IntegrityCheck, MetadataRequest, RenderRequest, SourceRequest, ToolSettings
from repo_server.errors import Refused
from tests.repo_server import signing
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import WorkTree, link
from tests.repo_server.signing import Smith


def other(kitchen: Kitchen, tree: WorkTree, pinned: str) -> str:
    """Commit the repository "other" at a commit as the submodule of an application."""
    (tree.folder / ".gitmodules").unlink(missing_ok=True)
    return link(tree, "app/other", pinned, kitchen.forge.address("other"))


async def fresh(kitchen: Kitchen, source: Source, **request: Any) -> dict[str, Any]:
    return await kitchen.data(source, revision=await kitchen.resolve(source), **request)


async def test_2_66_a_submodule_renders_with_its_application_and_only_again_when_it_is_moved_on(kitchen: Kitchen):
    shared = kitchen.forge.create("other")
    first = shared.commit({"a.yaml": config_map("a", color="first")})
    tree = kitchen.forge.create()
    tree.commit({"app/own.yaml": config_map("own")})
    other(kitchen, tree, first)
    source = kitchen.source("app", directory=DirectoryOptions(recurse=True))
    assert await fresh(kitchen, source) == {"own": None, "a": {"color": "first"}}
    tree.commit({"elsewhere.yaml": "x"})
    assert await fresh(kitchen, source) == {"own": None, "a": {"color": "first"}}
    assert kitchen.rendered == 1
    other(kitchen, tree, shared.commit({"a.yaml": config_map("a", color="second")}))
    assert await fresh(kitchen, source) == {"own": None, "a": {"color": "second"}}
    assert kitchen.rendered == 2


async def test_2_66_switched_off_nothing_is_rendered_without_its_submodule_not_even_from_the_cache(kitchen: Kitchen):
    pinned = kitchen.forge.create("other").commit({"a.yaml": config_map("a")})
    tree = kitchen.forge.create()
    tree.commit({"app/own.yaml": config_map("own")})
    other(kitchen, tree, pinned)
    source = kitchen.source("app", directory=DirectoryOptions(recurse=True))
    off = ToolSettings(submodules=False)
    for settings in (ToolSettings(), off, ToolSettings(), off):
        if settings is off:
            with pytest.raises(Refused, match="'app/other' is a submodule, and submodules are not fetched"):
                await fresh(kitchen, source, tools=settings)
        else:
            assert await fresh(kitchen, source, tools=settings) == {"own": None, "a": None}


async def test_b_15_a_link_into_a_submodule_follows_it_when_it_is_moved_on(kitchen: Kitchen):
    shared = kitchen.forge.create("other")
    tree = kitchen.forge.create()
    (tree.folder / "app").mkdir()
    (tree.folder / "app" / "a.yaml").symlink_to("../shared/a.yaml")
    tree.git("add", "--all")
    source = kitchen.source("app")
    for color in ("first", "second"):
        (tree.folder / ".gitmodules").unlink(missing_ok=True)
        pinned = shared.commit({"a.yaml": config_map("a", color=color)})
        link(tree, "shared", pinned, kitchen.forge.address("other"))
        assert await fresh(kitchen, source) == {"a": {"color": color}}


@pytest.fixture
def smith(tmp_path_factory: pytest.TempPathFactory) -> Smith:
    return Smith(tmp_path_factory.mktemp("s"))


@pytest.mark.parametrize("mode", ["head", "strict"])
async def test_2_82_what_is_not_signed_is_not_rendered_not_even_from_the_cache(
    kitchen: Kitchen, smith: Smith, mode: str
):
    key = smith.ssh("key")
    tree = kitchen.forge.create()
    commit = signing.commit(tree, {"app/a.yaml": config_map("a")}, key.sign)
    source = kitchen.source("app", target_revision="main")

    async def render(revision: str) -> object:
        integrity = Integrity(mode=mode, keys=(key.name,), keyring=(key.public,))  # type: ignore[arg-type]
        asked = SourceRequest(source=source, repository=kitchen.entry(source), revision=revision, integrity=integrity)
        return await kitchen.service.render(
            RenderRequest(application="shop", namespace="store", project="default", sources=(asked,))
        )

    await render(commit)
    same_files = tree.commit({}, "nothing new, and nobody's signature")
    with pytest.raises(Refused, match=f"commit {same_files[:10]} is not signed") as refused:
        await render(same_files)
    assert refused.value.code == "signature_refused"
    assert kitchen.rendered == 1


async def test_2_58_metadata_goes_over_the_wire(kitchen: Kitchen, smith: Smith):
    tree = kitchen.forge.create()
    message = "Hydrate\n\nArgocd-reference-commit-sha: 0123456789abcdef\nArgocd-reference-commit-date: never\n"
    commit = signing.commit(tree, {}, smith.ssh("key").sign, message=message)
    tree.git("tag", "v1")
    source = kitchen.source("app")
    read = await kitchen.service.metadata(
        MetadataRequest(source=source, repository=kitchen.entry(source), revision=commit)
    )
    assert (read.tags, read.signature_info) == (("v1",), "ssh signature, not verified")
    assert [(each.sha, each.date) for each in read.references] == [("0123456789abcdef", "")]


@pytest.mark.parametrize("mode", ["head", "strict"])
async def test_2_58_metadata_say_how_a_commit_stands_with_the_policy(
    kitchen: Kitchen, smith: Smith, mode: Literal["head", "strict"]
):
    key = smith.ssh("key")
    tree = kitchen.forge.create()
    signed = signing.commit(tree, {}, key.sign)
    unsigned = tree.commit({"a": "a"})
    source = kitchen.source("app")

    async def checks(revision: str, *keys: str) -> tuple[IntegrityCheck, ...]:
        policy = Integrity(mode=mode, keys=keys, keyring=(key.public,))
        asked = MetadataRequest(source, kitchen.entry(source), revision, policy)
        return (await kitchen.service.metadata(asked)).checks

    assert await checks(signed, key.name) == (IntegrityCheck("GIT/GPG"),)
    assert await checks(unsigned, key.name) == (IntegrityCheck("GIT/GPG", (f"commit {unsigned[:10]} is not signed",)),)
    (named,) = await checks(signed, "SHA256:another")
    assert named.problems == (f"commit {signed[:10]} is signed by key {key.name}, which the policy does not name",)
    without = MetadataRequest(source, kitchen.entry(source), unsigned)
    assert (await kitchen.service.metadata(without)).checks == ()


async def test_2_58_that_a_policy_could_not_be_checked_is_its_problem(kitchen: Kitchen, smith: Smith):
    """The rest of the metadata is shown all the same."""
    key = smith.ssh("key")
    tree = kitchen.forge.create()
    signing.commit(tree, {}, key.sign)
    commit = signing.commit(tree, {"a": "a"}, key.sign, message="cut off")
    source = kitchen.source("app")
    policy = Integrity(mode="strict", keys=(key.name,), keyring=(key.public,))
    entry = msgspec.structs.replace(kitchen.entry(source), depth=1)
    read = await kitchen.service.metadata(MetadataRequest(source, entry, commit, policy))
    assert read.message == "cut off"
    (check,) = read.checks
    assert ["which ends at commit" in problem for problem in check.problems] == [True]


@pytest.mark.parametrize("revision", ["HEAD", "main", "v1.*", "", "abc"])
async def test_2_58_a_revision_that_is_no_commit_has_no_metadata(kitchen: Kitchen, revision: str):
    kitchen.forge.create().commit({})
    source = kitchen.source("app")
    request = MetadataRequest(source=source, repository=kitchen.entry(source), revision=revision)
    with pytest.raises(Refused, match="must be resolved: ask for the id of its commit") as refused:
        await kitchen.service.metadata(request)
    assert refused.value.code == "invalid"
