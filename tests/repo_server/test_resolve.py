"""What a target revision means: rules 2.54 to 2.56 on a real repository."""

import shutil
from pathlib import Path

import pytest

from argosy.engine.model.source import Source
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.repositories import Forge, WorkTree


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A repository with a commit per name; `head` is the newest on main."""
    forge = Forge(tmp_path_factory.mktemp("made"), "")
    tree = forge.create()
    made: dict[str, str] = {}
    for tag in ("v1.0.0", "v1.1.0", "v1.2.0-rc.1", "v2.0.0", "app-1.0.0", "app-1.5.0", "other-9.0.0", "nightly"):
        made[tag] = tree.commit({}, message=tag)
        tree.git("tag", tag)
    made["annotated"] = tree.commit({}, message="annotated")
    tree.git("tag", "-a", "-m", "words", "v1.3.0")
    made["twice"] = _on_branch(tree, "twice")
    made["slashed"] = _on_branch(tree, "feature/x")
    made["looks like a version"] = _on_branch(tree, "5.x")
    made["proposed"] = _on_branch(tree, "proposal")
    tree.git("update-ref", "refs/pull/7/head", made["proposed"])
    tree.git("branch", "-D", "proposal")
    made["head"] = tree.commit({}, message="head")
    tree.git("tag", "twice")
    return tree.folder, made


@pytest.fixture
def commits(kitchen: Kitchen, made: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The same repository, on the forge of the test."""
    shutil.copytree(made[0], kitchen.forge.root / "demo")
    return made[1]


def _on_branch(tree: WorkTree, branch: str) -> str:
    tree.git("checkout", "--quiet", "-b", branch)
    commit = tree.commit({}, message=branch)
    tree.git("checkout", "--quiet", "main")
    return commit


@pytest.mark.parametrize(
    ("revision", "means"),
    [
        ("", "head"),
        ("HEAD", "head"),
        ("main", "head"),
        ("refs/heads/main", "head"),
        ("feature/x", "slashed"),
        ("v1.0.0", "v1.0.0"),
        ("refs/tags/v1.0.0", "v1.0.0"),
        ("v1.3.0", "annotated"),
        ("v1.2.0-rc.1", "v1.2.0-rc.1"),
        ("nightly", "nightly"),
        ("1.0.*", "v1.0.0"),
        ("~1.1", "v1.1.0"),
        ("^1.0.0", "annotated"),
        ("1.x", "annotated"),
        (">=1.0.0 <1.3.0", "v1.1.0"),
        (">=1.2.0-0 <1.3.0", "v1.2.0-rc.1"),
        ("*", "v2.0.0"),
        ("5.x", "looks like a version"),
        ("twice", "twice"),
        ("refs/tags/twice", "head"),
        ("refs/pull/7/head", "proposed"),
        ("pull/7/head", "proposed"),
    ],
)
async def test_2_54_a_revision_means(kitchen: Kitchen, commits: dict[str, str], revision: str, means: str):
    assert await kitchen.resolve(kitchen.source(target_revision=revision)) == commits[means]


@pytest.mark.parametrize("length", [40, 39, 12, 7])
async def test_2_54_a_commit_id_or_its_start_is_taken(kitchen: Kitchen, commits: dict[str, str], length: int):
    revision = commits["v1.0.0"][:length]
    assert await kitchen.resolve(kitchen.source(target_revision=revision)) == commits["v1.0.0"]


async def test_2_54_a_full_commit_id_is_used_as_it_is_without_asking_the_remote(kitchen: Kitchen):
    assert await kitchen.resolve(kitchen.source(target_revision="0" * 40)) == "0" * 40
    assert kitchen.forge.requests == []


@pytest.mark.parametrize(
    "revision", ["nothing", "v1.0", "v9.0.0", "1.0.0", "abcdef", "abcdef0", ">=3.0.0", "feature", "refs/heads/"]
)
async def test_2_54_what_names_nothing_is_refused(kitchen: Kitchen, commits: dict[str, str], revision: str):
    with pytest.raises(Refused, match=r"unable to resolve .* to a commit SHA") as refused:
        await kitchen.resolve(kitchen.source(target_revision=revision))
    assert refused.value.code == "revision_not_found"


@pytest.mark.parametrize(
    ("revision", "means"),
    [("v1.0.0", "v1.0.0"), ("v1.2.0-rc.1", "v1.2.0-rc.1"), ("refs/tags/v1.0.0", "v1.0.0")],
)
async def test_2_55_a_version_is_a_pin_and_no_constraint(
    kitchen: Kitchen, commits: dict[str, str], revision: str, means: str
):
    assert await kitchen.resolve(kitchen.source(target_revision=revision)) == commits[means]


async def test_2_55_a_constraint_never_means_a_branch(kitchen: Kitchen, commits: dict[str, str]):
    """Branch `5.x` holds no tag: as a constraint it finds nothing, and then it is a branch's name like any other."""
    with pytest.raises(Refused, match="unable to resolve"):
        await kitchen.resolve(kitchen.source(target_revision="5.*"))
    assert await kitchen.resolve(kitchen.source(target_revision="5.x")) == commits["looks like a version"]


@pytest.mark.parametrize(
    ("revision", "means"),
    [("^1.0.0", "annotated"), ("^1.2.0-0", "annotated"), (">=1.2.0-0 <1.3.0", "v1.2.0-rc.1"), ("1.2.*", None)],
)
async def test_2_54_a_pre_release_is_chosen_only_if_it_is_asked_for(
    kitchen: Kitchen, commits: dict[str, str], revision: str, means: str | None
):
    if means is None:
        with pytest.raises(Refused):
            await kitchen.resolve(kitchen.source(target_revision=revision))
    else:
        assert await kitchen.resolve(kitchen.source(target_revision=revision)) == commits[means]


@pytest.mark.parametrize("revision", ["-main", "--upload-pack=touch /tmp/x", "a\nb", "a\0b", "x" * 2000])
async def test_s_151_a_revision_that_could_steer_git_is_refused(
    kitchen: Kitchen, commits: dict[str, str], revision: str
):
    with pytest.raises(Refused) as refused:
        await kitchen.resolve(kitchen.source(target_revision=revision))
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("revision", "means"),
    [("*", "app-1.5.0"), ("~1.0", "app-1.0.0"), ("1.0.0", "app-1.0.0"), ("app-1.0.0", "app-1.0.0")],
)
async def test_2_56_a_tag_prefix_chooses_among_its_tags(
    kitchen: Kitchen, commits: dict[str, str], revision: str, means: str
):
    source = kitchen.source(target_revision=revision, tag_prefix="app-")
    assert await kitchen.resolve(source) == commits[means]


@pytest.mark.parametrize(("revision", "code"), [("main", "invalid"), ("3.x", "revision_not_found")])
async def test_2_56_a_tag_prefix_wants_a_version(kitchen: Kitchen, commits: dict[str, str], revision: str, code: str):
    with pytest.raises(Refused, match="app-") as refused:
        await kitchen.resolve(kitchen.source(target_revision=revision, tag_prefix="app-"))
    assert refused.value.code == code


async def test_an_empty_repository_says_that_it_is_empty(kitchen: Kitchen):
    kitchen.forge.create()
    with pytest.raises(Refused, match="the repository is empty"):
        await kitchen.resolve(kitchen.source())


async def test_a_start_of_an_id_that_is_no_commit_is_refused(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit({"a": "a"})
    blob = tree.git("rev-parse", "HEAD:a")
    for start in (blob[:10], tree.git("rev-parse", "HEAD^{tree}")[:10]):
        with pytest.raises(Refused):
            await kitchen.resolve(kitchen.source(target_revision=start))
    tree.git("tag", "of-a-blob", blob)
    source: Source = kitchen.source(target_revision="of-a-blob")
    with pytest.raises(Refused, match="does not hand out commit"):
        await kitchen.render(source)
