"""`repo add` with every kind of credentials (8.27), and `repo get`, which shows none of them."""

import io
import json

import pytest

REPOSITORIES = "/api/v1/repositories"
URL = "https://git.example.com/a.git"
CANARY = "c4n4ry"


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(CANARY)
    return str(path)


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (
            (
                "--github-app-id 1 --github-app-installation-id 2 --github-app-private-key-path {} "
                "--github-app-enterprise-base-url https://ghe.example.com/api/v3"
            ),
            {
                "githubAppID": 1,
                "githubAppInstallationID": 2,
                "githubAppPrivateKey": CANARY,
                "githubAppEnterpriseBaseUrl": "https://ghe.example.com/api/v3",
            },
        ),
        ("--gcp-service-account-key-path {}", {"gcpServiceAccountKey": CANARY}),
        ("--use-azure-workload-identity", {"useAzureWorkloadIdentity": True}),
        ("--bearer-token t", {"bearerToken": "t"}),
        (
            "--tls-client-cert-path {} --tls-client-cert-key-path {}",
            {"tlsClientCertData": CANARY, "tlsClientCertKey": CANARY},
        ),
        (
            (
                "--azure-service-principal-client-id id --azure-service-principal-tenant-id tenant "
                "--azure-service-principal-client-secret s3cret --azure-active-directory-endpoint https://login.example"
            ),
            {
                "azureServicePrincipalClientId": "id",
                "azureServicePrincipalTenantId": "tenant",
                "azureServicePrincipalClientSecret": "s3cret",
                "azureActiveDirectoryEndpoint": "https://login.example",
            },
        ),
        (
            "--enable-oci --insecure-oci-force-http --force-http-basic-auth --enable-lfs --proxy p --no-proxy n",
            {
                "enableOCI": True,
                "insecureOCIForceHttp": True,
                "forceHttpBasicAuth": True,
                "enableLfs": True,
                "proxy": "p",
                "noProxy": "n",
            },
        ),
        ("--webhook-manifest-cache-warm-disabled", {}),
    ],
)
def test_8_27_each_kind_of_credentials_is_sent(api, argosy, secret_file, words, sent):
    api.on("POST", REPOSITORIES, {"repo": URL})
    done = argosy("repo", "add", URL, *words.format(secret_file, secret_file).split())
    assert done.code == 0, done.err
    assert api.asked[-1].body == {"repo": URL, "type": "git", **sent}
    assert CANARY not in done.out + done.err
    assert "s3cret" not in done.out + done.err


def test_a_client_secret_is_read_from_standard_input(api, argosy, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("piped\n"))
    api.on("POST", REPOSITORIES, {"repo": URL})
    words = "--azure-service-principal-client-id id --azure-service-principal-tenant-id tenant"
    assert argosy("repo", "add", URL, *words.split()).code == 0
    assert api.asked[-1].body["azureServicePrincipalClientSecret"] == "piped"
    assert "password" not in api.asked[-1].body


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("--github-app-id 1", "--github-app-private-key-path"),
        ("--github-app-private-key-path key", "--github-app-id"),
        ("--tls-client-cert-path cert", "--tls-client-cert-key-path"),
        ("--azure-service-principal-client-id id", "--azure-service-principal-tenant-id"),
        ("--azure-service-principal-client-secret s", "--azure-service-principal-client-id"),
    ],
)
def test_half_of_a_credential_is_refused(api, argosy, words, missing):
    done = argosy("repo", "add", URL, *words.split())
    assert done.code == 20
    assert f"needs {missing}" in done.err
    assert not api.asked


def test_a_repository_is_shown_without_its_credentials(api, argosy):
    found = {"repo": URL, "type": "git", "githubAppID": 1, "connectionState": {"status": "Successful"}}
    api.on("GET", f"{REPOSITORIES}/{URL}", found)
    header, row = argosy("repo", "get", URL, "--project", "team", "--refresh", "hard").out.splitlines()
    assert api.asked[-1].parameters == {"appProject": "team", "forceRefresh": "true"}
    assert header.split()[:3] == ["TYPE", "NAME", "REPO"]
    assert row.split() == ["git", URL, "false", "false", "false", "true", "Successful"]
    assert argosy("repo", "get", URL, "-o", "url").out == f"{URL}\n"
    assert json.loads(argosy("repo", "get", URL, "-o", "json").out) == found


def test_a_repository_that_is_not_there(api, argosy):
    done = argosy("repo", "get", URL)
    assert done.code == 20
    assert "nothing at" in done.err
