"""Folders on disk in the place of repositories: what is in them is read, and nothing else."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.local import worktree
from repo_server.local.folder import Folder, opened
from repo_server.tree import Tree
from tests.repo_server.repositories import WorkTree

PLENTY = 1_000_000


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    (top / "app").mkdir(parents=True)
    (top / "app" / "one.yaml").write_text("one")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    return top


@pytest.fixture
def found(top: Path) -> Iterator[tuple[Tree, Folder]]:
    with opened(top) as found:
        yield found


@pytest.fixture
def tree(found: tuple[Tree, Folder]) -> Tree:
    return found[0]


@pytest.fixture
def folder(found: tuple[Tree, Folder]) -> Folder:
    return found[1]


async def read(tree: Tree, path: str) -> bytes:
    return (await tree.read([path], limit=PLENTY))[path]


def put_in_place(folder: Path, *, target: str) -> None:
    """Put a link where a folder was."""
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(target)


async def test_files_are_found_and_read(top: Path, tree: Tree):
    (top / "app" / "deep" / "er").mkdir(parents=True)
    (top / "app" / "deep" / "er" / "two.yaml").write_text("two")
    (top / "app" / "empty").touch()
    assert await tree.files("app") == ["app/deep/er/two.yaml", "app/empty", "app/one.yaml"]
    assert await read(tree, "app/deep/er/two.yaml") == b"two"
    assert await read(tree, "app/empty") == b""
    assert await tree.find("app/three.yaml") is None


async def test_git_is_not_there(top: Path, tree: Tree):
    (top / ".git").mkdir()
    (top / ".git" / "config").write_text("[remote]")
    (top / "app" / ".git").write_text("gitdir: elsewhere")
    assert await tree.files("") == ["app/one.yaml"]
    assert await tree.find(".git/config") is None


async def test_what_is_missing_is_said_with_what_there_is(tree: Tree, top: Path):
    with pytest.raises(Refused, match=rf"'app/two.yaml' does not exist in folder {top}; 'app' holds: one.yaml"):
        await read(tree, "app/two.yaml")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Refused, match="nowhere' cannot be read: No such file"), opened(tmp_path / "nowhere"):
        pass


async def test_links_are_followed_inside(top: Path, tree: Tree):
    (top / "link.yaml").symlink_to("app/one.yaml")
    (top / "linked").symlink_to("app")
    (top / "app" / "up.yaml").symlink_to("../link.yaml")
    assert await read(tree, "link.yaml") == b"one"
    assert await read(tree, "linked/one.yaml") == b"one"
    assert await read(tree, "linked/up.yaml") == b"one"


@pytest.mark.parametrize(
    "target", ["../outside/secret", "/etc/passwd", "/proc/self/environ", "app/../../outside/secret", "loop"]
)
async def test_s_082_links_that_lead_out_or_in_circles_are_refused(top: Path, tree: Tree, target: str):
    (top / "loop").symlink_to("round")
    (top / "round").symlink_to("loop")
    (top / "evil").symlink_to(target)
    with pytest.raises(Refused, match="symbolic link"):
        await read(tree, "evil")


async def test_s_087_a_folder_that_becomes_a_link_is_not_followed(top: Path, tree: Tree):
    (top / "app" / "secret").write_text("decoy!")
    await tree.files("app")
    put_in_place(top / "app", target="../outside")
    with pytest.raises(Refused, match=r"'app/secret' in .* changed while it was read"):
        await read(tree, "app/secret")


async def test_s_087_a_file_that_becomes_a_link_is_not_followed(top: Path, tree: Tree):
    await tree.files("app")
    (top / "app" / "one.yaml").unlink()
    (top / "app" / "one.yaml").symlink_to("../../outside/secret")
    with pytest.raises(Refused, match="changed while it was read"):
        await read(tree, "app/one.yaml")


async def test_s_087_the_root_stays_the_folder_that_was_opened(top: Path, tree: Tree):
    put_in_place(top, target="outside")
    assert await tree.files("") == ["app/one.yaml"]
    assert await read(tree, "app/one.yaml") == b"one"


async def test_a_file_that_changes_between_two_looks_is_refused(top: Path, tree: Tree):
    await tree.files("app")
    (top / "app" / "one.yaml").write_text("one, and more")
    with pytest.raises(Refused, match="try again"):
        await read(tree, "app/one.yaml")


async def test_s_097_what_is_no_file_is_left_out_and_named(top: Path, tree: Tree, folder: Folder):
    os.mkfifo(top / "app" / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        # The path of a socket is short, so it is made from within.
        before = Path.cwd()
        os.chdir(top / "app")
        listener.bind("socket.yaml")
        os.chdir(before)
        assert await tree.files("app") == ["app/one.yaml"]
    assert sorted(folder.left_out) == ["app/pipe.yaml", "app/socket.yaml"]


async def test_s_097_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(top: Path, tree: Tree):
    await tree.files("app")
    (top / "app" / "one.yaml").unlink()
    os.mkfifo(top / "app" / "one.yaml")
    with pytest.raises(Refused, match="changed while it was read"):
        await read(tree, "app/one.yaml")


async def test_b_14_a_sparse_giant_is_refused_by_its_size(top: Path, tree: Tree):
    with (top / "app" / "giant.yaml").open("wb") as file:
        file.truncate(8 * 1024**3)
    with pytest.raises(Refused, match=r"'app/giant.yaml' alone 8,589,934,592; the limit is 1,000,000"):
        await tree.read(await tree.files("app"), limit=PLENTY)


@pytest.mark.parametrize("name", ["new\nline", "x" * 255, "CON", "é", os.fsdecode(b"\xff\xfe")])
async def test_s_097_odd_names_are_names(top: Path, tree: Tree, name: str):
    (top / "app" / name).write_text("odd")
    assert f"app/{name}" in await tree.files("app")
    assert await read(tree, f"app/{name}") == b"odd"


async def test_two_openings_share_no_identity(top: Path, folder: Folder):
    with opened(top) as (_, again):
        first, second = await folder.directory(folder.root), await again.directory(again.root)
        assert first.keys() == second.keys() == {"app"}
        assert first["app"].identity != second["app"].identity


def test_no_handle_stays_open(top: Path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with opened(top):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.fixture
def repository(tmp_path: Path) -> WorkTree:
    work = WorkTree(tmp_path / "work")
    work.folder.mkdir()
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit({"app/one.yaml": "one"})
    work.git("remote", "add", "origin", "https://git.example.org/shop.git")
    work.git("remote", "add", "fork", "git@git.example.org:ada/shop.git")
    return work


def test_a_folder_belongs_to_the_work_tree_above_it(repository: WorkTree, tmp_path: Path):
    assert worktree.top(repository.folder / "app") == repository.folder
    assert worktree.top(repository.folder) == repository.folder
    assert worktree.top(tmp_path) is None


REMOTES = ("https://git.example.org/shop.git", "git@git.example.org:ada/shop.git")


def test_the_remotes_are_those_of_the_configuration(repository: WorkTree):
    assert worktree.remotes(repository.folder) == REMOTES


def test_another_work_tree_has_the_remotes_of_its_repository(repository: WorkTree, tmp_path: Path):
    repository.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    assert worktree.remotes(tmp_path / "second") == REMOTES


def test_only_urls_of_remotes_count(repository: WorkTree):
    (repository.folder / ".git" / "config").write_text(
        '[submodule "lib"]\n\turl = https://lib.example.org\n'
        '[Remote "a b"] URL = "https://one.example.org/x" ; first\n'
        "[remote]\n\turl = https://none.example.org\n"
        '[remote "two"]\n\tpushurl = https://push.example.org\n\turl=https://two.example.org/x#y\n[core]\n\turl = no\n'
    )
    assert worktree.remotes(repository.folder) == ("https://one.example.org/x", "https://two.example.org/x#y")


def test_without_a_configuration_there_are_no_remotes(repository: WorkTree, tmp_path: Path):
    (repository.folder / ".git" / "config").unlink()
    assert worktree.remotes(repository.folder) == ()
    assert worktree.remotes(tmp_path) == ()


@pytest.mark.parametrize("name", [".git", ".git/config"])
def test_s_097_a_pipe_in_the_place_of_a_configuration_keeps_nobody_waiting(tmp_path: Path, name: str):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / name)
    assert worktree.top(tmp_path) == tmp_path
    assert worktree.remotes(tmp_path) == ()


@pytest.mark.parametrize("content", [b"gitdir: \xff\xfe\n", b"gitdir: a\0b", b"x" * 10_000, b"", b"gitdir: .git\n"])
def test_a_mark_that_leads_nowhere_is_no_repository(tmp_path: Path, content: bytes):
    (tmp_path / ".git").write_bytes(content)
    assert worktree.remotes(tmp_path) == ()
