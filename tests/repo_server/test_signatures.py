"""Signature policies 2.78 to 2.82, with real keys of gpg and ssh-keygen, on a real repository."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from repo_server.errors import Refused
from repo_server.git.keyrings import Keyrings
from repo_server.git.signatures import Signatures
from tests.repo_server import signing
from tests.repo_server.repositories import Forge, Reach
from tests.repo_server.signing import Key, Sign, Smith

Mode = Literal["head", "strict"]


@dataclass(frozen=True)
class Keys:
    """Keys of every kind; `trusted` and `ssh` are those that the policy of these tests names."""

    smith: Smith
    trusted: Key
    unnamed: Key
    unknown: Key
    expired: Key
    revoked: Key
    weak: Key
    lapsed: Key
    lasting: Key
    ssh: Key
    ssh_unnamed: Key
    ssh_unknown: Key
    ssh_late: Key
    ssh_files: Key
    ssh_space: Key

    @property
    def keyring(self) -> tuple[str, ...]:
        known = (self.trusted, self.unnamed, self.expired, self.weak, self.lapsed, self.lasting)
        ssh = (self.ssh, self.ssh_unnamed, self.ssh_late, self.ssh_files, self.ssh_space)
        return (*(key.public for key in (*known, *ssh)), self.smith.revoked(self.revoked))

    @property
    def named(self) -> tuple[str, ...]:
        keys = (self.trusted, self.expired, self.revoked, self.weak, self.lapsed, self.unknown)
        ssh = (self.ssh, self.ssh_late, self.ssh_files, self.ssh_space, self.ssh_unknown)
        return tuple(key.name for key in (*keys, *ssh))


@pytest.fixture(scope="module")
def keys() -> Iterator[Keys]:
    folder = Path(tempfile.mkdtemp(prefix="argosy-"))
    smith = Smith(folder)
    yield Keys(
        smith=smith,
        trusted=smith.openpgp("trusted"),
        unnamed=smith.openpgp("unnamed"),
        unknown=smith.openpgp("unknown"),
        expired=smith.openpgp("expired", born="20200101T000000", expires="30d"),
        revoked=smith.openpgp("revoked"),
        weak=smith.openpgp("weak", algorithm="rsa2048", options=("--digest-algo", "SHA1")),
        lapsed=smith.openpgp("lapsed", born="20200101T000000", options=("--default-sig-expire", "1d")),
        lasting=smith.openpgp("lasting", expires="20991231T000000"),
        ssh=smith.ssh("ssh"),
        ssh_unnamed=smith.ssh("unnamed"),
        ssh_unknown=smith.ssh("unknown"),
        ssh_late=smith.ssh("late", before='ada@example.org valid-before="20200101"'),
        ssh_files=smith.ssh("files", before='ada@example.org namespaces="file"'),
        ssh_space=smith.ssh("space", namespace="file"),
    )
    subprocess.run(["gpgconf", "--homedir", str(folder), "--kill", "gpg-agent"], check=True)
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Judge:
    """Asks for the verdict on a repository of the forge."""

    keys: Keys
    forge: Forge
    reach: Reach
    tools: Tools
    keyrings: Keyrings
    signatures: Signatures

    async def verify(
        self,
        revision: str = "main",
        *,
        mode: Mode = "head",
        keys: tuple[str, ...] | None = None,
        keyring: tuple[str, ...] | None = None,
        depth: int = 0,
    ) -> None:
        """Resolve a revision as the service does, and verify what it came to."""
        mirror = await self.reach.mirror(self.forge.address(), depth=depth)
        commit = await mirror.resolve(revision, tag_prefix="", tools=self.tools, fresh=True)
        source = Source(repo_url=self.forge.address(), target_revision=revision)
        integrity = Integrity(
            mode=mode,
            keys=self.keys.named if keys is None else keys,
            keyring=self.keys.keyring if keyring is None else keyring,
        )
        await self.signatures.verify(mirror, source, commit, integrity)

    async def refusal(self, revision: str = "main", **asked: object) -> str:
        """Return the message of the refusal that there must be."""
        with pytest.raises(Refused) as refused:
            await self.verify(revision, **asked)  # type: ignore[arg-type]
        assert refused.value.code == "signature_refused"
        return refused.value.message


@pytest.fixture
def judge(keys: Keys, forge: Forge, reach: Reach, tools: Tools, tmp_path: Path) -> Judge:
    keyrings = Keyrings(tmp_path / "keyrings", clock=reach.clock)
    keyrings.open()
    return Judge(keys, forge, reach, tools, keyrings, Signatures(keyrings, tools=tools))


@pytest.mark.parametrize("key", ["trusted", "ssh"])
async def test_2_80_a_commit_signed_by_a_key_of_the_policy_is_let_through(judge: Judge, key: str):
    signing.commit(judge.forge.create(), {"a": "a"}, getattr(judge.keys, key).sign)
    await judge.verify()
    await judge.verify(mode="strict")


def altered(text: str) -> str:
    return text.replace("\n\nchange", "\n\nchanged")


SIGNATURES: dict[str, tuple[tuple[str, ...], str]] = {
    "unsigned": ((), "is not signed"),
    "unnamed": (("unnamed",), "which the policy does not name"),
    "unknown": (("unknown",), "which is not in the keyring"),
    "expired": (("expired",), "which has expired"),
    "revoked": (("revoked",), "which was revoked"),
    "sha-1": (("weak",), "signed over a SHA-1 digest"),
    "signature expired": (("lapsed",), "that signature has expired"),
    "two good": (("trusted", "trusted"), "has more than one signature"),
    "good, then unknown": (("trusted", "unknown"), "has more than one signature"),
    "bad, then good": (("unknown", "trusted"), "has more than one signature"),
    "two formats": (("trusted", "ssh"), "has more than one signature"),
    "ssh unnamed": (("ssh_unnamed",), "which the policy does not name"),
    "ssh unknown": (("ssh_unknown",), "ssh key that is not in the keyring"),
    "ssh too late": (("ssh_late",), "was not valid at its time"),
    "ssh for files only": (("ssh_files",), "has a bad signature"),
    "ssh signed as a file": (("ssh_space",), "has a bad signature"),
}


@pytest.mark.parametrize("mode", ["head", "strict"])
@pytest.mark.parametrize("case", SIGNATURES)
async def test_s_161_what_is_not_one_good_signature_is_refused(judge: Judge, case: str, mode: Mode):
    names, because = SIGNATURES[case]
    commit = signing.commit(judge.forge.create(), {"a": "a"}, *(getattr(judge.keys, name).sign for name in names))
    message = await judge.refusal(mode=mode)
    assert f"commit {commit[:10]}" in message
    assert because in message


@pytest.mark.parametrize("key", ["trusted", "ssh"])
async def test_s_161_a_commit_that_was_changed_after_it_was_signed_is_refused(judge: Judge, key: str):
    tree = judge.forge.create()
    tree.commit({"a": "a"})
    signing.sign_head(tree, getattr(judge.keys, key).sign, change=altered)
    assert "has a bad signature" in await judge.refusal()


async def test_s_161_an_x509_signature_is_refused_without_asking_anybody(judge: Judge):
    signing.commit(
        judge.forge.create(), {"a": "a"}, lambda _: "-----BEGIN SIGNED MESSAGE-----\nx\n-----END SIGNED MESSAGE-----"
    )
    assert "X.509" in await judge.refusal()


async def test_s_161_a_good_commit_does_not_cover_a_bad_one_of_the_same_key_below(judge: Judge):
    tree = judge.forge.create()
    signing.commit(tree, {"a": "1"}, judge.keys.trusted.sign)
    tree.commit({"a": "2"})
    bad = signing.sign_head(tree, judge.keys.trusted.sign, change=altered)
    signing.commit(tree, {"a": "3"}, judge.keys.trusted.sign)
    await judge.verify()
    for _ in range(2):
        message = await judge.refusal(mode="strict")
        assert f"commit {bad[:10]} has a bad signature" in message
        assert message.count("commit ") == 1


async def test_2_80_strict_judges_both_sides_of_a_merge(judge: Judge):
    tree = judge.forge.create()
    sign = judge.keys.trusted.sign
    signing.commit(tree, {"a": "1"}, sign)
    tree.git("checkout", "--quiet", "-b", "side")
    unsigned = signing.commit(tree, {"b": "1"})
    tree.git("checkout", "--quiet", "main")
    signing.commit(tree, {"a": "2"}, sign)
    tree.git("merge", "--quiet", "--no-ff", "-m", "change", "side")
    signing.sign_head(tree, sign)
    await judge.verify()
    assert f"commit {unsigned[:10]} is not signed" in await judge.refusal(mode="strict")


async def test_2_80_a_signed_seal_ends_the_walk_and_an_unsigned_one_is_itself_refused(judge: Judge):
    tree = judge.forge.create()
    sign = judge.keys.trusted.sign
    root = signing.commit(tree, {"a": "1"})
    signing.commit(tree, {"a": "2"}, sign, message="Trust all before\n\nArgocd-gpg-seal: reviewed by hand")
    signing.commit(tree, {"a": "3"}, sign)
    await judge.verify(mode="strict")
    forged = signing.commit(tree, {"a": "4"}, message="Trust me\n\nArgocd-gpg-seal: of course")
    signing.commit(tree, {"a": "5"}, sign)
    message = await judge.refusal(mode="strict")
    assert f"commit {forged[:10]} is not signed" in message
    assert root[:10] not in message


@pytest.mark.parametrize(
    "message", ["Argocd-gpg-seal: in the subject", "Argocd-gpg-seal: not last\n\nMore words", "x\n\nNo Argocd-gpg-seal"]
)
async def test_2_80_only_a_trailer_seals(judge: Judge, message: str):
    tree = judge.forge.create()
    root = signing.commit(tree, {"a": "1"})
    signing.commit(tree, {"a": "2"}, judge.keys.trusted.sign, message=message)
    assert f"commit {root[:10]} is not signed" in await judge.refusal(mode="strict")


@pytest.mark.parametrize("revision", ["v1.0.0", "refs/tags/v1.0.0", "1.*"])
async def test_2_80_an_annotated_tag_is_judged_instead_of_its_commit(judge: Judge, revision: str):
    tree = judge.forge.create()
    tree.commit({"a": "1"})
    signing.tag(tree, "v1.0.0", judge.keys.trusted.sign)
    await judge.verify(revision)
    assert "is not signed" in await judge.refusal("main")
    assert "commit" in await judge.refusal(revision, mode="strict")


async def test_2_80_an_unsigned_tag_on_a_signed_commit_is_refused(judge: Judge):
    tree = judge.forge.create()
    signing.commit(tree, {"a": "1"}, judge.keys.trusted.sign)
    signing.tag(tree, "v1.0.0")
    for mode in ("head", "strict"):
        assert "tag 'v1.0.0' is not signed" in await judge.refusal("v1.0.0", mode=mode)
    await judge.verify("main")


async def test_s_161_the_signatures_of_a_tag_are_judged_like_those_of_a_commit(judge: Judge):
    tree = judge.forge.create()
    tree.commit({"a": "1"})
    signs: dict[str, tuple[Sign, ...]] = {
        "v1": (judge.keys.unknown.sign,),
        "v2": (judge.keys.trusted.sign, judge.keys.trusted.sign),
        "v3": (judge.keys.ssh_unknown.sign,),
    }
    for name, some in signs.items():
        signing.tag(tree, name, *some)
    assert "not in the keyring" in await judge.refusal("v1")
    assert "more than one signature" in await judge.refusal("v2")
    assert "not in the keyring" in await judge.refusal("v3")
    signing.tag(tree, "v4", judge.keys.ssh.sign)
    await judge.verify("v4")


async def test_s_161_an_old_signed_tag_cannot_be_put_forward_as_a_new_one(judge: Judge):
    tree = judge.forge.create()
    tree.commit({"a": "1"})
    signing.tag(tree, "v2.0.0", judge.keys.trusted.sign, called="v1.0.0")
    assert "holds the signed tag 'v1.0.0'" in await judge.refusal("v2.0.0")


async def test_2_80_a_lightweight_tag_and_a_commit_id_stand_for_the_commit(judge: Judge):
    tree = judge.forge.create()
    commit = signing.commit(tree, {"a": "1"}, judge.keys.trusted.sign)
    tree.git("tag", "v1.0.0")
    signing.tag(tree, "v2.0.0")
    for revision in ("v1.0.0", commit, commit[:8], "HEAD"):
        await judge.verify(revision)


async def test_s_161_a_message_lists_at_most_ten(judge: Judge):
    tree = judge.forge.create()
    for number in range(12):
        tree.commit({"a": str(number)})
    message = await judge.refusal(mode="strict")
    assert message.count("is not signed;") == 10
    assert "and more" in message


async def test_2_78_keys_are_named_by_16_digits_or_more_and_a_subkey_by_its_primary(judge: Judge):
    smith = judge.keys.smith
    smith.gpg("--quick-gen-key", "parent <parent@example.org>", "ed25519", "cert", "never")
    (primary,) = smith.fingerprints("parent")
    smith.gpg("--quick-add-key", primary, "ed25519", "sign", "never")
    _, subkey = smith.fingerprints("parent")
    tree = judge.forge.create()
    signing.commit(
        tree, {"a": "a"}, lambda text: smith.gpg("--local-user", f"{subkey}!", "--armor", "--detach-sign", text=text)
    )
    keyring = (smith.public(primary),)
    for name in (primary, primary[-16:], primary[-16:].lower(), "0x" + subkey[-16:], subkey):
        await judge.verify(keys=(name,), keyring=keyring)
    for name in (primary[-15:], primary[-8:], "", primary[:16], "not hex at all!!"):
        assert "does not name" in await judge.refusal(keys=(name,), keyring=keyring)


async def test_2_78_a_policy_without_keys_lets_nothing_through(judge: Judge):
    signing.commit(judge.forge.create(), {"a": "a"}, judge.keys.trusted.sign)
    assert "does not name" in await judge.refusal(keys=())
    assert "not in the keyring" in await judge.refusal(keyring=())
    assert "not in the keyring" in await judge.refusal(keyring=("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnonsense",))


async def test_what_was_judged_once_is_remembered_until_a_key_expires(judge: Judge):
    commit = signing.commit(judge.forge.create(), {"a": "a"}, judge.keys.trusted.sign)
    keyring = await judge.keyrings.of(judge.keys.keyring)
    assert datetime.fromtimestamp(keyring.until, UTC).year == 2099
    await judge.verify(mode="strict")
    (keyring.folder / "pubring.kbx").unlink()
    await judge.verify(mode="strict")
    await judge.verify()
    assert keyring.verdicts.get(commit) is not None
    judge.reach.clock.advance(timedelta(days=30_000))
    assert (await judge.keyrings.of(judge.keys.keyring)).verdicts.get(commit) is None


async def test_another_policy_is_judged_anew(judge: Judge):
    signing.commit(judge.forge.create(), {"a": "a"}, judge.keys.trusted.sign)
    await judge.verify(mode="strict")
    assert "does not name" in await judge.refusal(mode="strict", keys=(judge.keys.unnamed.name,))


async def test_2_65_strict_does_not_take_a_shallow_history_for_the_whole_one(judge: Judge):
    tree = judge.forge.create()
    signing.commit(tree, {"a": "1"})
    signing.commit(tree, {"a": "2"}, judge.keys.trusted.sign)
    await judge.verify(depth=1)
    assert "remove depth" in await judge.refusal(mode="strict", depth=1)
