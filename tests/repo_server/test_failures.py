"""Git's words become ours: the kind of failure, what to do, and nothing secret."""

from collections.abc import Mapping

import pytest

from argosy.engine.model.repository import Repository
from repo_server.errors import Damaged, Refused
from repo_server.git import failures
from repo_server.git.access import Access
from repo_server.git.address import parse
from repo_server.git.failures import Finished

ACCESS = Access(
    address=parse("https://git.example.org/app", schemes=("https",)),
    repository=Repository(url="https://git.example.org/app", username="ada", password="s3cr3t", bearer_token="t0k3n"),
)
ANONYMOUS = Access(address=ACCESS.address, repository=Repository(url="https://git.example.org/app"))


WORDS: Mapping[str, Mapping[str, str]] = {
    "access_denied": {
        "fatal: Authentication failed for 'https://git.example.org/app/'": "refused the credentials",
        "fatal: unable to access 'https://x/': The requested URL returned error: 403": "refused",
        "git@github.com: Permission denied (publickey).": "refused the credentials",
        'Load key "/proc/1/fd/7": error in libcrypto': "refused the credentials",
        "fatal: could not read Username for 'https://x': terminal prompts disabled": "refused the",
        "Host key verification failed.": "argocd-ssh-known-hosts-cm",
        "No ED25519 host key is known for x and you have requested strict checking.": "known hosts",
        "SSL certificate problem: unable to get local issuer certificate": "argocd-tls-certs-cm",
        "OpenSSL SSL_read: tlsv13 alert certificate required, errno 0": "tlsClientCertData",
        "error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca": "client certificate",
        "server certificate verification failed. CAfile: none CRLfile: none": "not trusted",
        "fatal: unable to access 'https://x/': CONNECT tunnel failed, response 407": "its proxy",
        "proxy p: it answered CONNECT with status 403\nkex_exchange_identification: closed": "proxy",
        "error: object 01: treeNotSorted: not properly sorted\nfatal: fsck error in packed object": "sound",
    },
    "repository_not_found": {
        "remote: Repository not found.\nfatal: repository 'https://x/' not found": "check",
        "fatal: unable to access 'https://x/': The requested URL returned error: 404": "check",
        "fatal: '/x' does not appear to be a git repository": "no such repository",
    },
    "unavailable": {
        "ssh: Could not resolve hostname x: Name or service not known": "host name is not known",
        "fatal: unable to access 'https://x/': Could not resolve host: x": "host name is not known",
        "Failed to connect to x port 443 after 0 ms: Couldn't connect to server": "not be reached",
        "error: RPC failed; curl 18 transfer closed with outstanding read data remaining": "reached",
        "fatal: unable to access 'https://x/': The requested URL returned error: 503": "not be reached",
        "fatal: unable to access 'https://x/': CONNECT tunnel failed, response 502": "not be reached",
        "proxy p: it answered with SOCKS error 5\nkex_exchange_identification: closed": "reached",
        "fatal: early EOF\nfatal: fetch-pack: invalid index-pack output\n": "not be reached",
        "something that nobody has seen before": "status 128",
    },
    "limit_exceeded": {
        "fatal: Out of memory, malloc failed (tried to allocate 9 bytes)": "ARGOSY_GIT_MEMORY_LIMIT",
        "fatal: fetch-pack: invalid index-pack output\n": "ARGOSY_GIT_FILE_LIMIT",
    },
    "invalid": {
        "fatal: mismatched algorithms: client sha1; server sha256": "SHA-256",
        "fatal: transport 'ext' not allowed": "transport is not allowed",
    },
    "revision_not_found": {
        "fatal: couldn't find remote ref refs/heads/x": "does not have the revision",
        "fatal: remote error: upload-pack: not our ref 0123": "does not have the revision",
    },
}
"""What git says, by the code that it means, and what our message says of it."""


@pytest.mark.parametrize(
    ("words", "code", "says"), [(words, code, says) for code, rows in WORDS.items() for words, says in rows.items()]
)
def test_words_become_a_code_and_an_advice(words: str, code: str, says: str):
    with pytest.raises(Refused) as refused:
        failures.check(Finished(status=128, output=b"", errors=words), ACCESS)
    assert refused.value.code == code
    assert says in refused.value.message
    assert "https://git.example.org/app" in refused.value.message


def test_without_credentials_the_advice_is_to_give_some():
    words = "fatal: could not read Username for 'https://git.example.org': terminal prompts disabled"
    with pytest.raises(Refused, match="none are configured"):
        failures.check(Finished(status=128, output=b"", errors=words), ANONYMOUS)


@pytest.mark.parametrize(
    "words",
    [
        "fatal: not a git repository: '/state/mirrors/1'",
        "error: object file ./objects/01/23 is empty",
        "fatal: loose object 0123 (stored in x) is corrupt",
        "fatal: bad object refs/heads/main",
        "error: packfile ./objects/pack/pack-1.pack cannot be accessed",
        "error: cannot lock ref 'refs/heads/main': Unable to create 'x.lock': File exists.",
        "fatal: bad config line 1 in file /state/mirrors/1/config",
    ],
)
def test_what_git_says_of_our_own_mirror_is_damage(words: str):
    with pytest.raises(Damaged):
        failures.check(Finished(status=128, output=b"", errors=words), ACCESS)


def test_nothing_secret_and_nothing_unprintable_is_quoted():
    words = "fatal: s3cr3t t0k3n https://ada:other@git.example.org/app \x1b[31mred\x1b[0m\nsecond line"
    with pytest.raises(Refused) as refused:
        failures.check(Finished(status=128, output=b"", errors=words), ACCESS)
    for secret in ("s3cr3t", "t0k3n", "other", "\x1b", "\n"):
        assert secret not in refused.value.message


def test_a_command_that_was_killed_names_the_limit():
    with pytest.raises(Refused, match="did not finish within 15 seconds") as refused:
        failures.check(Finished(status=-9, output=b"", errors="", killed_after=15), ACCESS)
    assert refused.value.code == "unavailable"
