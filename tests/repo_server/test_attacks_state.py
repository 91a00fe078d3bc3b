"""A disk that is full, a folder that nobody can write, files of the state that hold anything: no lies, no loss."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from repo_server.errors import Refused
from repo_server.git import failures
from repo_server.git.access import Access
from repo_server.git.address import parse
from repo_server.git.failures import Finished
from repo_server.git.keyrings import Keyrings
from repo_server.git.mirror import Mirror
from repo_server.git.signatures import Signatures
from tests.repo_server import signing
from tests.repo_server.repositories import Forge, Reach
from tests.repo_server.signing import Key, Smith

ACCESS = Access(
    address=parse("https://git.example.org/app", schemes=("https",)),
    repository=Repository("https://git.example.org/app"),
)


@pytest.mark.parametrize(
    "words",
    [
        "fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output",
        "error: unable to create temporary file: Read-only file system\nfatal: failed to write object",
        "fatal: Unable to create '/state/mirrors/1/packed-refs.lock': No space left on device",
        "error: cannot lock ref 'refs/heads/main': Unable to create 'x.lock': Disk quota exceeded",
    ],
)
def test_a_full_disk_costs_no_mirror(words: str):
    finished = Finished(status=128, output=b"", errors=words)
    for check in (lambda: failures.check(finished, ACCESS), lambda: failures.check_local(finished)):
        with pytest.raises(Refused, match="no room") as refused:
            check()
        assert refused.value.code == "unavailable"


@pytest.fixture
def key() -> Iterator[Key]:
    with tempfile.TemporaryDirectory(prefix="argosy-") as folder:
        smith = Smith(Path(folder))
        yield smith.openpgp("good")
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "gpg-agent"], check=True)


@dataclass(frozen=True)
class Judge:
    """Asks whether the head of a repository is signed with a key."""

    key: Key
    mirror: Mirror
    tools: Tools
    keyrings: Keyrings
    signatures: Signatures

    async def verify(self, *keyring: str) -> None:
        """Return if it is. Raises `Refused`."""
        source = Source(repo_url=self.mirror.access.address.url, target_revision="main")
        commit = await self.mirror.resolve("main", tag_prefix="", tools=self.tools, fresh=True)
        integrity = Integrity(mode="head", keys=(self.key.name,), keyring=keyring)
        await self.signatures.verify(self.mirror, source, commit, integrity)


@pytest.fixture
async def judge(key: Key, forge: Forge, reach: Reach, tools: Tools, tmp_path: Path) -> Judge:
    tree = forge.create()
    tree.commit({"a": "a"})
    signing.sign_head(tree, key.sign)
    keyrings = Keyrings(tmp_path / "keyrings", clock=reach.clock)
    keyrings.open()
    return Judge(key, await reach.mirror(forge.address()), tools, keyrings, Signatures(keyrings, tools=tools))


async def test_a_broken_key_hides_no_other(judge: Judge):
    whole = judge.key.public
    lines = whole.splitlines()
    broken = "\n".join([*lines[:3], lines[3][::-1], *lines[4:]])
    for keyring in ((broken, whole), (whole, broken)):
        await judge.verify(*keyring)


@pytest.mark.parametrize("words", ["No space left on device", "fork failed: Resource temporarily unavailable"])
async def test_what_could_not_be_judged_once_is_judged_again(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
):
    if words.startswith("fork"):
        await judge.keyrings.of((judge.key.public,))
    (tmp_path / "bin").mkdir()
    failing = tmp_path / "bin" / "gpg"
    failing.write_text(f"#!/bin/sh\ncat > /dev/null\necho 'gpg: {words}' >&2\nexit 2\n")
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(Refused):
        await judge.verify(judge.key.public)
    failing.unlink()
    await judge.verify(judge.key.public)
