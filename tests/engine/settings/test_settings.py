import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import settings
from argosy.engine.model.application import Destination
from argosy.engine.settings import values

CANARY = "c4n4ry-credential"


def config(**data):
    return {"kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data}


def secret(name, kind="", /, **data):
    return {
        "kind": "Secret",
        "metadata": {
            "name": name,
            "labels": {"argocd.argoproj.io/secret-type": kind} if kind else {},
        },
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
    }


def secret_of(data):
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return secret("r", "repository") | {"data": encoded}


def accounts(**data):
    complete = {"admin.password": "$2b$12$hash", "server.secretkey": "k" * 44, **data}
    return secret("argocd-secret", "", **complete)


def read(*objects, previous=None):
    return settings.read([config(), accounts(), *objects], previous)


def test_nothing_but_the_defaults():
    found, problems = settings.read([config(), accounts()])
    assert problems == ()
    assert found.timers == settings.Timers(120, 60, 0)
    assert found.tracking.method == "annotation"
    assert [cluster.server for cluster in found.clusters] == ["https://kubernetes.default.svc"]
    assert found.accounts.admin.enabled


def test_what_a_config_map_says():
    found, problems = settings.read(
        [
            config(
                **{
                    "timeout.reconciliation": "1h30m",
                    "timeout.reconciliation.jitter": "0",
                    "application.resourceTrackingMethod": "annotation+label",
                    "users.session.duration": "2h",
                    "resource.exclusions": "- apiGroups: ['cilium.io']\n  kinds: ['*']\n  clusters: ['*']\n",
                    "resource.compareoptions": "ignoreResourceStatusField: off\n",
                    "additionalUrls": "- https://a\n- https://b\n",
                    "accounts.alice": "login",
                }
            ),
            accounts(),
        ]
    )
    assert problems == ()
    assert found.timers == settings.Timers(5400, 0, 0)
    assert found.tracking.method == "annotation+label"
    assert found.general.session_seconds == 7200
    assert found.general.additional_urls == ("https://a", "https://b")
    assert found.watching.exclusions == (settings.ResourceFilter(("cilium.io",), ("*",), ("*",)),)
    assert found.compare.ignore_status == "none"


def test_a_malformed_key_keeps_the_last_good_value_and_says_so():
    good = settings.read([config(**{"timeout.reconciliation": "5m"}), accounts()]).settings
    found, problems = settings.read([config(**{"timeout.reconciliation": "soon"}), accounts()], good)
    assert found.timers.reconciliation == 300
    (problem,) = problems
    assert (problem.object, problem.key) == ("ConfigMap argocd-cm", "timeout.reconciliation")
    assert "last good value" in problem.message
    again = settings.read([config(**{"timeout.reconciliation": "later"}), accounts()], found).settings
    assert again.timers.reconciliation == 300


def test_a_malformed_key_without_a_last_good_value_is_the_default():
    found, (problem,) = settings.read([config(**{"timeout.reconciliation": "soon"}), accounts()])
    assert found.timers.reconciliation == 120
    assert "the default stays" in problem.message


def test_an_unknown_key_is_named():
    _, (problem,) = settings.read([config(**{"timeout.reconcilation": "5m"}), accounts()])
    assert problem.key == "timeout.reconcilation"


def test_a_missing_config_map_changes_nothing():
    good = settings.read([config(**{"application.resourceTrackingMethod": "label"}), accounts()]).settings
    found, problems = settings.read([accounts()], good)
    assert found.tracking.method == "label"
    assert [problem.object for problem in problems] == ["ConfigMap argocd-cm"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"admin.password": CANARY}, "admin.password"),
        ({"server.secretkey": "short"}, "server.secretkey"),
        ({"admin.passwordMtime": "yesterday"}, "admin.passwordMtime"),
    ],
)
def test_what_is_wrong_with_the_accounts(data, key):
    found, (problem,) = settings.read([config(), accounts(**data)])
    assert problem.key == key
    assert CANARY not in str(problem)
    if key == "admin.password":
        assert not found.accounts.admin.password_hash
    if key == "server.secretkey":
        assert found.accounts.secret_key == b""


def test_without_argocd_secret_nobody_signs_in():
    good = settings.read([config(), accounts()]).settings
    found, (problem,) = settings.read([config()], good)
    assert not found.accounts.secret_key
    assert not found.accounts.admin.password_hash
    assert "nobody can sign in" in problem.message


def test_the_repository_of_the_project_is_preferred():
    found = read(
        secret("repo-1", "repository", url="https://git.example/a.git", password="all"),
        secret("repo-2", "repository", url="https://git.example/a", password="ours", project="team"),
        secret("repo-3", "repository", url="https://git.example/a", password="theirs", project="other"),
    ).settings
    assert settings.repository_for(found, "https://git.example/a", project="team").password == "ours"
    assert settings.repository_for(found, "https://git.example/a", project="third").password == "all"


def test_another_projects_repository_is_not_used():
    found = read(secret("repo-1", "repository", url="https://git.example/a", password="x", project="other")).settings
    repository = settings.repository_for(found, "https://git.example/a", project="team")
    assert (repository.url, repository.password) == ("https://git.example/a", "")


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("https://git.example/org/deep/app.git", "deep"),
        ("https://git.example/org/app", "org"),
        ("https://GIT.example/org/app", "org"),
        ("https://git.example:443/org/app", "org"),
        ("https://git.example/org-evil/app", ""),
        ("https://git.example:444/org/app", ""),
        ("https://git.example.evil/org/app", ""),
        ("http://git.example/org/app", ""),
    ],
)
def test_template_credentials_go_to_the_longest_prefix_at_a_component_boundary(url, password):
    found = read(
        secret("creds-1", "repo-creds", url="https://git.example/org", username="u", password="org"),
        secret("creds-2", "repo-creds", url="https://git.example/org/deep/", username="u", password="deep"),
    ).settings
    assert settings.repository_for(found, url).password == password


def test_own_credentials_beat_the_templates():
    found = read(
        secret("creds-1", "repo-creds", url="https://git.example", password="template"),
        secret("repo-1", "repository", url="https://git.example/a", bearerToken="own"),
    ).settings
    repository = settings.repository_for(found, "https://git.example/a")
    assert (repository.password, repository.bearer_token) == ("", "own")


@pytest.mark.parametrize(
    "url",
    [
        "git@git.example:org/app.git",
        "ssh://git@git.example/org/app",
        "ssh://git.example:22/org/app.git/",
        "GIT@git.EXAMPLE:org/app",
    ],
)
def test_the_forms_of_an_ssh_url_are_one_repository(url):
    known = {
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-ssh-known-hosts-cm"},
        "data": {"ssh_known_hosts": "git.example ssh-ed25519 AAAA"},
    }
    found = read(secret("r", "repository", url="git@git.example:org/app.git", sshPrivateKey="key"), known).settings
    repository = settings.repository_for(found, url)
    assert (repository.ssh_private_key, repository.known_hosts) == ("key", "git.example ssh-ed25519 AAAA")


def test_2_76_certificates_are_found_by_host():
    certs = {"kind": "ConfigMap", "metadata": {"name": "argocd-tls-certs-cm"}, "data": {"git.example": "PEM"}}
    found = read(certs).settings
    assert settings.repository_for(found, "https://u@git.example:8443/a").ca_pem == "PEM"
    assert settings.repository_for(found, "https://other.example/a").ca_pem == ""


@pytest.mark.parametrize(
    ("url", "kind", "expected"),
    [("https://charts.example", "helm", "helm"), ("https://git.example/a", "git", "git"), ("oci://r/a", "git", "oci")],
)
def test_the_kind_of_an_unknown_repository(url, kind, expected):
    assert settings.repository_for(read().settings, url, kind=kind).type == expected


@pytest.mark.parametrize(
    "data",
    [
        {"url": "https://git.example/a", "insecure": CANARY},
        {"url": ""},
        {"url": "--upload-pack=x"},
        {"url": "https://git.example/a\nb"},
        {"url": "https://git.example/a", "type": CANARY},
    ],
)
def test_a_malformed_repository_keeps_its_last_good_entry(data):
    good = read(secret("r", "repository", url="https://git.example/old")).settings
    found, (problem,) = read(secret("r", "repository", **data), previous=good)
    assert [entry.repository.url for entry in found.repositories] == ["https://git.example/old"]
    assert problem.object == "Secret r"
    assert CANARY not in str(problem)
    assert settings.read([config(), accounts(), secret("r", "repository", **data)]).settings.repositories == ()


def test_a_cluster_and_how_destinations_find_it():
    found, problems = read(
        secret("c1", "cluster", name="prod", server="https://prod.example/", config='{"bearerToken":"t"}'),
        secret("c2", "cluster", name="twin", server="https://a.example"),
        secret("c3", "cluster", name="twin", server="https://b.example", namespaces="x, y"),
    )
    assert problems == ()
    prod = settings.cluster_for(found, Destination(name="prod"))
    assert isinstance(prod, settings.Cluster)
    assert prod.config == {"bearerToken": "t"}
    assert "bearerToken" not in repr(prod)
    assert settings.cluster_for(found, Destination(server="https://prod.example/")) == prod
    local = settings.cluster_for(found, Destination(name="in-cluster"))
    assert isinstance(local, settings.Cluster)
    assert local.server == "https://kubernetes.default.svc"


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (Destination(server="https://prod.example", name="prod"), "both"),
        (Destination(namespace="x"), "neither"),
        (Destination(server="https://none.example"), "no cluster with server"),
        (Destination(name="none"), "there are no clusters with this name: none"),
        (Destination(name="twin"), "2 clusters with the same name"),
    ],
)
def test_why_a_destination_means_no_cluster(destination, words):
    found = read(
        secret("c2", "cluster", name="twin", server="https://a.example"),
        secret("c3", "cluster", name="twin", server="https://b.example"),
    ).settings
    refusal = settings.cluster_for(found, destination)
    assert isinstance(refusal, settings.Refusal)
    assert words in refusal.message


def test_the_cluster_that_we_run_in_can_be_described_or_switched_off():
    own = secret("c", "cluster", name="home", server="https://kubernetes.default.svc")
    assert [each.name for each in read(own).settings.clusters] == ["home"]
    off = config(**{"cluster.inClusterEnabled": "false"})
    assert settings.read([off, accounts(), own]).settings.clusters == ()


@pytest.mark.parametrize(
    "data",
    [
        {"server": "https://c.example", "config": f'{{"bearerToken": "{CANARY}"'},
        {"server": "https://c.example", "config": json.dumps([CANARY])},
        {"server": "c.example"},
        {"server": "https://c.example", "shard": "one"},
    ],
)
def test_a_malformed_cluster_is_named_without_its_credentials(data):
    found, (problem,) = read(secret("c", "cluster", **data))
    assert [cluster.name for cluster in found.clusters] == ["in-cluster"]
    assert problem.object == "Secret c"
    assert CANARY not in str(problem)


def test_an_unknown_key_of_a_cluster_is_named_and_the_cluster_used():
    found, (problem,) = read(secret("c", "cluster", name="one", server="https://c.example", token=CANARY))
    assert [cluster.name for cluster in found.clusters] == ["in-cluster", "one"]
    assert (problem.object, problem.key) == ("Secret c", "token")
    assert CANARY not in str(problem)


def test_two_secrets_for_one_server_are_reported():
    found, (problem,) = read(
        secret("c1", "cluster", name="one", server="https://c.example"),
        secret("c2", "cluster", name="two", server="https://c.example/"),
    )
    assert [cluster.name for cluster in found.clusters] == ["in-cluster", "one"]
    assert "c1" in problem.message


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("180", 180), ("180s", 180), ("1h0m0.5s", 3600.5), ("250ms", 0.25)]
)
def test_durations(text, seconds):
    assert values.duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "-1s", "PT1S", "9999999999h", "1e400s", "1d", "1 h"])
def test_what_is_no_duration(text):
    with pytest.raises(values.Malformed):
        values.duration(text)


ENCODABLE = st.text(st.characters(codec="utf-8"))


@given(st.dictionaries(ENCODABLE, ENCODABLE), st.dictionaries(ENCODABLE, ENCODABLE), ENCODABLE)
def test_reading_never_fails_and_never_repeats_a_credential(data, repository, config_text):
    labels = {"argocd.argoproj.io/secret-type": "cluster"}
    undecodable = {"kind": "Secret", "metadata": {"name": "u", "labels": labels}, "data": {"config": CANARY}}
    malformed = secret("c", "cluster", server="https://x", config=f"{config_text}{{{CANARY}")
    found, problems = settings.read([config(**data), secret_of(repository), undecodable, malformed])
    assert len(problems) >= 2
    assert isinstance(found, settings.Settings)
    assert all(CANARY not in str(problem) for problem in problems)
