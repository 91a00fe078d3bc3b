"""Real keys of gpg and ssh-keygen, and commits and tags that are signed with them in every good and bad way."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.repo_server.repositories import Link, WorkTree

Sign = Callable[[str], str]
"""What is to be signed in, an armoured signature out."""


@dataclass(frozen=True)
class Key:
    """A key: how a policy names it, and its public part as a keyring holds it."""

    name: str
    public: str
    sign: Sign


@dataclass(frozen=True)
class Smith:
    """Makes keys in a folder of its own, whose path must be short."""

    folder: Path

    def gpg(self, *arguments: str, text: str = "") -> str:
        """Run gpg with the secret keys of this smith."""
        command = ["gpg", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", *arguments]
        return _run(command, text, GNUPGHOME=str(self.folder))

    def openpgp(
        self,
        name: str,
        *,
        algorithm: str = "ed25519",
        expires: str = "never",
        born: str = "",
        options: tuple[str, ...] = (),
    ) -> Key:
        """Make an OpenPGP key; `born` is when it is made and signs ("20200101T000000"), `options` how it signs."""
        then = ("--faked-system-time", born) if born else ()
        user = f"{name} <{name}@example.org>"
        self.gpg(*then, "--quick-gen-key", user, algorithm, "sign", expires)
        fingerprint = self.fingerprints(user)[0]

        def sign(text: str) -> str:
            return self.gpg(*then, *options, "--local-user", fingerprint, "--armor", "--detach-sign", text=text)

        return Key(name=fingerprint, public=self.public(fingerprint), sign=sign)

    def ssh(self, name: str, *, namespace: str = "git", before: str = "*") -> Key:
        """Make an ssh key; `before` is what its line in an allowed_signers file begins with."""
        file = self.folder / name
        _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)], "")
        public = file.with_suffix(".pub").read_text().strip()
        fingerprint = _run(["ssh-keygen", "-l", "-f", f"{file}.pub"], "").split()[1]

        def sign(text: str) -> str:
            return _run(["ssh-keygen", "-Y", "sign", "-f", str(file), "-n", namespace], text)

        return Key(name=fingerprint, public=f"{before} {public}", sign=sign)

    def fingerprints(self, user: str) -> list[str]:
        """Return the fingerprints of a user's primary key and subkeys."""
        listed = self.gpg("--with-colons", "--list-keys", f"={user}" if "<" in user else user)
        return [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:")]

    def public(self, fingerprint: str) -> str:
        """Return the public key as it stands now, in armour."""
        return self.gpg("--armor", "--export", fingerprint)

    def revoked(self, key: Key) -> str:
        """Return the public key as its owner publishes it after revoking it."""
        certificate = (self.folder / "openpgp-revocs.d" / f"{key.name}.rev").read_text()
        elsewhere = self.folder / f"revoked-{key.name[-8:]}"
        elsewhere.mkdir(mode=0o700, exist_ok=True)
        smith = Smith(elsewhere)
        smith.gpg("--no-autostart", "--import", text=key.public)
        smith.gpg("--no-autostart", "--import", text=certificate.replace(":-----BEGIN", "-----BEGIN"))
        return smith.public(key.name)


def commit(
    tree: WorkTree, files: Mapping[str, str | bytes | Link | None], *signs: Sign, message: str = "change"
) -> str:
    """Commit files with these signatures on the commit, and return its id."""
    tree.commit(files, message)
    return sign_head(tree, *signs)


def sign_head(tree: WorkTree, *signs: Sign, change: Callable[[str], str] = str) -> str:
    """Put signatures on the newest commit; `change` is what is done to it after it was signed."""
    text = tree.git("cat-file", "commit", "HEAD") + "\n"
    head, _, message = text.partition("\n\n")
    headers = "".join("\ngpgsig " + sign(text).strip().replace("\n", "\n ") for sign in signs)
    signed = tree.git("hash-object", "-t", "commit", "-w", "--stdin", text=change(f"{head}{headers}\n\n{message}"))
    tree.git("reset", "--quiet", "--soft", signed)
    return signed


def tag(tree: WorkTree, name: str, *signs: Sign, called: str = "") -> str:
    """Tag the newest commit with an annotated, signed tag; `called` is the name that the tag object holds."""
    text = (
        f"object {tree.git('rev-parse', 'HEAD')}\ntype commit\ntag {called or name}\n"
        f"tagger Ada <ada@example.org> 1767319445 +0100\n\nrelease\n"
    )
    signed = text + "".join(sign(text) for sign in signs)
    identity = tree.git("hash-object", "-t", "tag", "-w", "--stdin", text=signed)
    tree.git("update-ref", f"refs/tags/{name}", identity)
    return identity


def _run(command: list[str], text: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        check=False,
        input=text,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
