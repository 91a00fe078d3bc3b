"""What the settings say of rendering and of credentials: tools, keyring, and every kind of credentials."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import settings
from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.repository import Repository
from argosy.engine.settings import parameters, values
from argosy.engine.settings.repositories import FIELDS, SECRET_FIELDS

CANARY = "c4n4ry-credential"
ARMOUR = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----\n"
SIGNER = 'ann@example.org namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4v ann'
GITHUB = {"githubAppID": "1", "githubAppInstallationID": "2", "githubAppPrivateKey": "key"}
AZURE = {
    "azureServicePrincipalClientId": "id",
    "azureServicePrincipalClientSecret": "secret",
    "azureServicePrincipalTenantId": "tenant",
}


def config_map(name, **data):
    return {"kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(name, kind, **data):
    metadata = {"name": name, "labels": {"argocd.argoproj.io/secret-type": kind}}
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"kind": "Secret", "metadata": metadata, "data": encoded}


ACCOUNTS = secret("argocd-secret", "", **{"admin.password": "$2b$12$hash", "server.secretkey": "k" * 44})


def read(*objects, previous=None, **data):
    return settings.read([config_map("argocd-cm", **data), ACCOUNTS, *objects], previous)


def test_2_3_tools_are_on_unless_they_are_switched_off():
    found, problems = read()
    assert (found.tools, problems) == (ToolSettings(), ())
    off = {"kustomize.enable": "false", "helm.enable": "false", "jsonnet.enable": "false"}
    tools = read(**off).settings.tools
    assert tools == ToolSettings(kustomize=False, helm=False, jsonnet=False)


def test_a_malformed_switch_keeps_the_last_good_value():
    good = read(**{"helm.enable": "false"}).settings
    found, (problem,) = read(previous=good, **{"helm.enable": "of"})
    assert not found.tools.helm
    assert problem.key == "helm.enable"


@pytest.mark.parametrize(
    ("text", "schemes"), [("", ()), (" , ", ()), ("https", ("https",)), ("s3, https", ("s3", "https"))]
)
def test_2_18_schemes_of_value_files(text, schemes):
    assert read(**{"helm.valuesFileSchemes": text}).settings.tools.value_files_schemes == schemes


def test_2_34_a_path_registers_a_version_of_kustomize_and_renders_with_the_one_that_there_is():
    found, problems = read(
        **{
            "kustomize.buildOptions": " --enable-helm ",
            "kustomize.path.v5.1.0": "/custom-tools/kustomize",
            "kustomize.buildOptions.v5.1.0": "--load-restrictor LoadRestrictionsNone",
            "kustomize.version.v4": "/custom-tools/kustomize4",
            "kustomize.buildOptions.v3": "--x",
        }
    )
    assert found.tools.kustomize_build_options == "--enable-helm"
    assert found.tools.kustomize_versions == {"v4": "", "v5.1.0": "--load-restrictor LoadRestrictionsNone"}
    assert [(problem.key, "built-in Kustomize" in problem.message) for problem in problems] == [
        ("kustomize.version.v4", True),
        ("kustomize.path.v5.1.0", True),
        ("kustomize.buildOptions.v3", False),
    ]


def test_what_the_parameters_say_of_rendering():
    parameters = config_map(
        "argocd-cmd-params-cm",
        **{
            "reposerver.include.hidden.directories": "true",
            "reposerver.enable.git.submodule": "false",
            "reposerver.max.combined.directory.manifests.size": "64Mi",
            "controller.status.processors": "20",
        },
    )
    found, problems = read(parameters)
    assert problems == ()
    assert found.tools == ToolSettings(hidden_directories=True, submodules=False, directory_bytes=64 * 1024 * 1024)
    key = "reposerver.max.combined.directory.manifests.size"
    again, (problem,) = read(config_map("argocd-cmd-params-cm", **{key: "much"}), previous=found)
    assert again.tools.directory_bytes == 64 * 1024 * 1024
    assert (problem.object, problem.key) == ("ConfigMap argocd-cmd-params-cm", key)
    assert read(previous=again).settings.tools == ToolSettings()


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("5000", 5000), ("10M", 10_000_000), ("1.5Ki", 1536), ("2G", 2 * 10**9), ("1Ti", 2**40), ("3k", 3000)],
)
def test_quantities(text, size):
    assert values.quantity(text) == size


@pytest.mark.parametrize("text", ["", "-1", "10 M", "10m", "1e3", "M", "ki", "1ki", "٣"])
def test_what_is_no_quantity(text):
    with pytest.raises(values.Malformed):
        values.quantity(text)


def test_2_78_the_keyring():
    found, problems = read(
        config_map("argocd-gpg-keys-cm", **{"4AEE18F83AFDEB23": ARMOUR, "people": f"# ours\n{SIGNER}\n"})
    )
    assert problems == ()
    assert found.keyring == (ARMOUR.strip(), f"# ours\n{SIGNER}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{CANARY}", "private key"),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}", "private key"),
        (f"{ARMOUR}-----BEGIN PGP PRIVATE KEY BLOCK-----\n{CANARY}", "private key"),
        (CANARY, "neither"),
        ("", "neither"),
        ("# nobody", "neither"),
        (f"{SIGNER}\nssh-ed25519 AAAA", "neither"),
    ],
)
def test_what_is_no_public_key_is_not_used(text, words):
    found, (problem,) = read(config_map("argocd-gpg-keys-cm", key=text))
    assert found.keyring == ()
    assert words in problem.message
    assert CANARY not in str(problem)


def test_2_71_every_field_of_a_repository_secret():
    texts = {
        "url": "https://git.example/a",
        "insecureOCIForceHttp": "true",
        "useAzureWorkloadIdentity": "true",
        "gcpServiceAccountKey": "{}",
        "githubAppEnterpriseBaseUrl": "https://github.example",
        "azureActiveDirectoryEndpoint": "https://login.example",
        "webhookManifestCacheWarmDisabled": "true",
        **GITHUB,
        **AZURE,
    }
    found, problems = read(secret("r", "repository", **texts))
    assert problems == ()
    (entry,) = found.repositories
    assert entry.repository == Repository(
        url="https://git.example/a",
        insecure_oci_force_http=True,
        use_azure_workload_identity=True,
        gcp_service_account_key="{}",
        github_app_id=1,
        github_app_installation_id=2,
        github_app_private_key="key",
        github_app_enterprise_base_url="https://github.example",
        azure_active_directory_endpoint="https://login.example",
        azure_service_principal_client_id="id",
        azure_service_principal_client_secret="secret",
        azure_service_principal_tenant_id="tenant",
    )


def test_the_model_has_no_field_that_a_secret_cannot_give():
    given = {field for field, _ in FIELDS.values()}
    assert set(Repository.__struct_fields__) - given == {"ca_pem", "known_hosts"}
    assert set(SECRET_FIELDS) < given


@pytest.mark.parametrize(
    "own",
    [
        {"username": "u"},
        {"password": "p"},
        {"bearerToken": "t"},
        {"sshPrivateKey": "k"},
        {"tlsClientCertData": "c", "tlsClientCertKey": "k"},
        GITHUB,
        {"gcpServiceAccountKey": "{}"},
        {"useAzureWorkloadIdentity": "true"},
        AZURE,
    ],
)
def test_2_72_credentials_of_its_own_of_any_kind_beat_the_templates(own):
    template = secret("t", "repo-creds", url="https://git.example", **{**AZURE, "password": "template", "proxy": "p"})
    found = read(template, secret("r", "repository", url="https://git.example/a", **own)).settings
    repository = settings.repository_for(found, "https://git.example/a")
    assert repository == found.repositories[0].repository
    assert not settings.inherits(found, repository)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (GITHUB, {"github_app_id": 1, "github_app_installation_id": 2, "github_app_private_key": "key"}),
        ({"gcpServiceAccountKey": "{}"}, {"gcp_service_account_key": "{}"}),
        ({"useAzureWorkloadIdentity": "true"}, {"use_azure_workload_identity": True}),
        (AZURE, {"azure_service_principal_client_secret": "secret", "azure_service_principal_tenant_id": "tenant"}),
        ({"username": "u", "insecureOCIForceHttp": "true"}, {"insecure_oci_force_http": True}),
        ({"tlsClientCertData": "c", "tlsClientCertKey": "k"}, {"tls_client_cert_key": "k"}),
    ],
)
def test_2_73_a_template_gives_all_of_its_credentials(given, expected):
    template = secret("t", "repo-creds", url="https://git.example", **given)
    # An App's number without its key is no credential, and is not mixed with the template's.
    entry = secret("r", "repository", url="https://git.example/a", githubAppID="9", proxy="http://proxy")
    found = read(template, entry).settings
    repository = settings.repository_for(found, "https://git.example/a")
    assert {field: getattr(repository, field) for field in expected} == expected
    assert repository.github_app_id == expected.get("github_app_id", 0)
    assert repository.proxy == "http://proxy"
    assert settings.inherits(found, found.repositories[0].repository)


TEXT = st.text(st.characters(codec="utf-8"))
KEYS = st.sampled_from([*parameters.KEYS, "other"])


@given(st.dictionaries(KEYS, TEXT), st.dictionaries(TEXT, TEXT), st.dictionaries(TEXT, TEXT))
def test_whatever_the_config_maps_hold_is_read(parameter_texts, keys, versions):
    registered = {f"kustomize.path.{version}": text for version, text in versions.items()}
    found, problems = read(
        {**config_map("argocd-cmd-params-cm"), "data": parameter_texts},
        {**config_map("argocd-gpg-keys-cm"), "data": {**keys, "private": f"-----BEGIN PRIVATE KEY-----{CANARY}"}},
        **registered,
    )
    assert set(found.tools.kustomize_versions) == set(versions)
    assert len(found.keyring) + sum(each.object.endswith("argocd-gpg-keys-cm") for each in problems) == len(
        {*keys, "private"}
    )
    assert all(CANARY not in str(problem) for problem in problems)
