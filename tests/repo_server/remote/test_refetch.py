"""A look at a remote that is said to have changed lists and fetches in one command, and sees what a listing would."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from argosy.gateways.tools.port import Tools
from repo_server.git.hosts import Count
from repo_server.git.mirror import Mirror
from tests.repo_server.repositories import Forge, Reach, WorkTree


def commands(reach: Reach) -> Mapping[str, int]:
    counts = reach.network.hosts.counts
    return {kind: counts.get(("127.0.0.1", kind), Count()).commands for kind in ("ls-remote", "fetch")}


async def whole(forge: Forge, reach: Reach) -> tuple[WorkTree, Mirror]:
    """Return a repository and its mirror, which has been listed and fetched once each."""
    tree = forge.create()
    tree.commit({"a": "0"})
    mirror = await reach.mirror(forge.address())
    await mirror.tree((await mirror.refs(fresh=True)).commits["HEAD"])
    assert commands(reach) == {"ls-remote": 1, "fetch": 1}
    return tree, mirror


async def seen_both_ways(mirror: Mirror, reach: Reach) -> None:
    """Require that a fetch and a listing see the same."""
    fetched = await mirror.refs(fresh=True)
    listed = await reach.network.list_refs(mirror.access, mirror.folder, ["HEAD", "refs/heads/", "refs/tags/"])
    assert (dict(fetched.commits), dict(fetched.annotated)) == (dict(listed.commits), dict(listed.annotated))
    assert fetched.whole is listed.whole is False


async def test_a_push_costs_one_command(forge: Forge, reach: Reach, tools: Tools):
    tree, mirror = await whole(forge, reach)
    for number in range(1, 4):
        commit = tree.commit({"a": str(number)})
        assert await mirror.resolve("main", tag_prefix="", tools=tools, fresh=True) == commit
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": str(number).encode()}
    assert commands(reach) == {"ls-remote": 1, "fetch": 4}


async def test_a_look_at_the_end_of_an_interval_only_lists(forge: Forge, reach: Reach):
    _, mirror = await whole(forge, reach)
    reach.clock.advance(timedelta(seconds=121))
    await mirror.refs(fresh=False)
    assert commands(reach) == {"ls-remote": 2, "fetch": 1}


async def test_branches_and_tags_that_come_move_and_go_are_seen_as_a_listing_sees_them(forge: Forge, reach: Reach):
    tree, mirror = await whole(forge, reach)
    tree.git("tag", "light")
    tree.git("tag", "-a", "-m", "words", "heavy")
    tree.git("tag", "-a", "-m", "words", "heavier", "heavy")
    tree.git("branch", "feature")
    tree.git("update-ref", "refs/pull/7/head", "HEAD")
    await seen_both_ways(mirror, reach)
    tree.git("branch", "-D", "feature")
    tree.git("branch", "feature/x")
    tree.git("tag", "--force", "light", tree.commit({"a": "1"}))
    tree.git("tag", "-d", "heavy")
    await seen_both_ways(mirror, reach)


async def test_what_head_stands_for_is_known_for_as_long_as_it_can_be(forge: Forge, reach: Reach):
    tree, mirror = await whole(forge, reach)
    tree.commit({"a": "1"})
    assert (await mirror.refs(fresh=True)).symbolic == {"HEAD": "refs/heads/main"}
    tree.git("checkout", "--quiet", "-b", "next")
    commit = tree.commit({"a": "2"})
    seen = await mirror.refs(fresh=True)
    assert (seen.commits["HEAD"], seen.symbolic) == (commit, {})
    await seen_both_ways(mirror, reach)


async def test_a_repository_that_lost_its_head_is_listed(forge: Forge, reach: Reach):
    tree, mirror = await whole(forge, reach)
    commit = tree.commit({"a": "1"})
    tree.git("branch", "other")
    tree.git("symbolic-ref", "HEAD", "refs/heads/nothing")
    seen = await mirror.refs(fresh=True)
    assert (seen.commits.get("HEAD"), seen.commits["refs/heads/other"]) == (None, commit)


async def test_a_ref_that_leads_to_nothing_keeps_nobody_from_the_others(forge: Forge, reach: Reach, tools: Tools):
    tree, mirror = await whole(forge, reach)
    lost = tree.commit({"b": "lost"})
    tree.git("branch", "lost")
    tree.git("reset", "--quiet", "--hard", "HEAD~1")
    commit = tree.commit({"a": "1"})
    (tree.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    assert await mirror.resolve("main", tag_prefix="", tools=tools, fresh=True) == commit
    assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"1"}


@pytest.mark.parametrize("depth", [1, 5])
async def test_a_shallow_mirror_is_listed_and_fetches_what_is_wanted(forge: Forge, reach: Reach, depth: int):
    tree = forge.create()
    tree.commit({"a": "0"})
    mirror = await reach.mirror(forge.address(), depth=depth)
    for number in range(3):
        commit = tree.commit({"a": str(number)})
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": str(number).encode()}
    assert commands(reach) == {"ls-remote": 3, "fetch": 3}
