"""`argocd-gpg-keys-cm`: the public keys by which commits are verified. Called by `settings.read`.

A value is an OpenPGP public key in armour, as Argo CD keeps it, or lines of an ssh `allowed_signers` file.
"""

import re
from collections.abc import Mapping

from argosy.engine.settings.snapshot import Problem

NAME = "ConfigMap argocd-gpg-keys-cm"

_PUBLIC, _PRIVATE = "-----BEGIN PGP PUBLIC KEY BLOCK-----", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_SSH_KEY = (
    r"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
)
_SIGNER = re.compile(rf"\S+[ \t](?:.*[ \t])?{_SSH_KEY}[ \t]+[A-Za-z0-9+/=]+(?:[ \t].*)?")


def read(data: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Return the keys by the names of their entries, and what is wrong; what is no public key is not used."""
    keys: list[str] = []
    problems: list[Problem] = []
    for name, text in sorted(data.items()):
        complaint = _complaint(text)
        if complaint:
            problems.append(Problem(NAME, name, f"{complaint}; it is not used"))
        else:
            keys.append(text.strip())
    return tuple(keys), tuple(problems)


def _complaint(text: str) -> str:
    if _PRIVATE.search(text):
        return "holds a private key, which belongs into no ConfigMap: take it out, and replace it"
    if text.strip().startswith(_PUBLIC):
        return ""
    lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
    if lines and all(_SIGNER.fullmatch(line) for line in lines):
        return ""
    return "neither an OpenPGP public key in armour nor lines of an ssh allowed_signers file"
