"""How a mirror stays as small as it may be, and what is fetched for whoever asks for little: 2.65, S-163."""

import asyncio
from datetime import timedelta

import pytest

from argosy.engine.model.source import Source
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import Forge, Reach, WorkTree

FETCH = "POST /demo/.git/git-upload-pack"


def proposed(tree: WorkTree, text: str) -> str:
    """Commit to no branch, as a pull request, and return the commit."""
    tree.git("checkout", "--quiet", "--detach")
    commit = tree.commit({"a": text})
    tree.git("update-ref", f"refs/pull/{text}/head", commit)
    tree.git("checkout", "--quiet", "main")
    return commit


def refs_of(reach: Reach) -> list[str]:
    """Return the refs of the only mirror."""
    (folder,) = [path for path in reach.folder.iterdir() if path.is_dir()]
    return WorkTree(folder).git("for-each-ref", "--format=%(refname)").split()


async def test_2_65_branches_and_tags_are_fetched_once_for_all(forge: Forge, reach: Reach):
    tree = forge.create()
    main = tree.commit({"a": "main"})
    tree.git("tag", "v1")
    tree.git("checkout", "--quiet", "-b", "side")
    side = tree.commit({"a": "side"})
    mirror = await reach.mirror(forge.address())
    await mirror.tree(main)
    asked = len(forge.requests)
    await mirror.tree(side)
    assert len(forge.requests) == asked
    assert set(refs_of(reach)) == {"refs/heads/main", "refs/heads/side", "refs/tags/v1"}


async def test_2_65_with_a_depth_only_the_commit_is_fetched_and_not_the_other_branches(forge: Forge, reach: Reach):
    tree = forge.create()
    tree.commit({"a": "1"})
    commit = tree.commit({"a": "2"})
    tree.git("checkout", "--quiet", "-b", "huge")
    other = tree.commit({"a": "3"})
    mirror = await reach.mirror(forge.address(), depth=1)
    assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"2"}
    assert (await mirror.boundary()) == {commit}
    assert await mirror._objects.commit_id(other) == ""
    assert await (await mirror.tree(other)).read(["a"], limit=10) == {"a": b"3"}


async def test_2_65_a_depth_of_two_holds_two_commits(forge: Forge, reach: Reach):
    tree = forge.create()
    first, second, third = (tree.commit({"a": str(number)}) for number in range(3))
    mirror = await reach.mirror(forge.address(), depth=2)
    await mirror.tree(third)
    assert [bool(await mirror._objects.commit_id(each)) for each in (first, second, third)] == [False, True, True]


async def test_a_commit_that_a_hundred_want_by_its_id_is_fetched_once(forge: Forge, reach: Reach):
    tree = forge.create()
    await (await reach.mirror(forge.address())).tree(tree.commit({"a": "main"}))
    commit = proposed(tree, "1")
    before = forge.count(FETCH)
    mirror = await reach.mirror(forge.address())
    await asyncio.gather(*(mirror.tree(commit) for _ in range(100)))
    # What branches and tags there are, once; then the commit: a question and an answer each.
    assert forge.count(FETCH) - before <= 4


async def test_what_was_fetched_by_its_id_is_let_go_after_two_weeks(forge: Forge, reach: Reach):
    tree = forge.create()
    mirror = await reach.mirror(forge.address())
    await mirror.tree(tree.commit({"a": "main"}))
    old = proposed(tree, "1")
    await mirror.tree(old)
    assert any(old in name for name in refs_of(reach))
    reach.clock.advance(timedelta(days=15))
    new = proposed(tree, "2")
    await mirror.tree(tree.commit({"a": "moved on"}))
    await mirror.tree(new)
    assert [name.rpartition("/")[2] for name in refs_of(reach) if name.startswith("refs/argosy/")] == [new]
    assert await (await mirror.tree(old)).read(["a"], limit=10) == {"a": b"1"}


async def test_many_packs_become_few(forge: Forge, reach: Reach):
    tree = forge.create()
    mirror = await reach.mirror(forge.address())
    for number in range(50):
        await mirror.tree(tree.commit({"a": str(number)}))
    assert len(list(mirror.folder.glob("objects/pack/*.pack"))) < 40
    assert not (mirror.folder / "gc.pid").exists()


async def test_a_mirror_that_nobody_used_for_a_week_goes_while_the_server_runs(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    unused = await reach.mirror(forge.address(), username="somebody")
    used = await reach.mirror(forge.address())
    for mirror in (unused, used):
        await mirror.tree(commit)
    for _ in range(8):
        reach.clock.advance(timedelta(days=1))
        assert await reach.mirror(forge.address()) is used
    assert used.folder.exists()
    assert not unused.folder.exists()
    successor = await reach.mirror(forge.address(), username="somebody")
    assert await (await successor.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_s_163_a_branch_that_moves_between_listing_and_fetch_renders_what_was_recorded(kitchen: Kitchen):
    tree = kitchen.forge.create()
    listed = tree.commit({"app/a.yaml": config_map("a", color="listed")})
    source = kitchen.source("app", target_revision="main")
    assert await kitchen.resolve(source) == listed
    tree.git("commit", "--quiet", "--amend", "-m", "rewritten")
    tree.commit({"app/a.yaml": config_map("a", color="moved")})
    (rendered,) = await kitchen.render(source)
    assert rendered.revision == listed
    assert [item.manifest["data"] for item in rendered.manifests] == [{"color": "listed"}]


async def test_s_163_a_commit_that_the_remote_has_thrown_away_is_refused_and_not_replaced(kitchen: Kitchen):
    tree = kitchen.forge.create()
    gone = tree.commit({"app/a.yaml": config_map("a", color="gone")})
    source = Source(repo_url=kitchen.forge.address(), path="app", target_revision="main")
    assert await kitchen.resolve(source) == gone
    tree.git("checkout", "--quiet", "--orphan", "fresh")
    fresh = tree.commit({"app/a.yaml": config_map("a", color="fresh")})
    tree.git("branch", "--quiet", "--force", "main", fresh)
    tree.git("reflog", "expire", "--expire=now", "--all")
    tree.git("gc", "--quiet", "--prune=now")
    with pytest.raises(Refused, match=gone) as refused:
        await kitchen.render(source)
    assert refused.value.code == "revision_not_found"
    kitchen.clock.advance(timedelta(seconds=121))
    (rendered,) = await kitchen.render(source)
    assert rendered.revision == fresh
