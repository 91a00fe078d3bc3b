"""Make one checked snapshot of the settings objects of the control namespace.

Comes in: ConfigMaps and Secrets as JSON, in any order, others among them, and the snapshot before. Goes out: the new
snapshot and what is wrong. Called by the controller and the API server at every change.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from argosy.engine.model.resource import Manifest
from argosy.engine.settings import (
    accounts,
    clusters,
    config_map,
    customisations,
    keyring,
    parameters,
    repositories,
    secrets,
    tools,
    values,
)
from argosy.engine.settings.snapshot import Accounts, Customisations, Problem, Settings
from argosy.engine.settings.table import value_of

CONFIG_MAPS = (
    "argocd-cm",
    "argocd-cmd-params-cm",
    "argocd-gpg-keys-cm",
    "argocd-ssh-known-hosts-cm",
    "argocd-tls-certs-cm",
)
ACCOUNTS_SECRET = "argocd-secret"  # noqa: S105 (a name)
_KNOWN_HOSTS_KEY = "ssh_known_hosts"


class Reading(NamedTuple):
    """A snapshot, and what is wrong in the objects that it was made of."""

    settings: Settings
    problems: tuple[Problem, ...]


def is_settings(manifest: Manifest) -> bool:
    """Return whether the object is one of those that `read` looks at."""
    name = secrets.name_of(manifest)
    match manifest.get("kind"):
        case "ConfigMap":
            return name in CONFIG_MAPS
        case "Secret":
            return name == ACCOUNTS_SECRET or secrets.type_of(manifest) in ("cluster", "repository", "repo-creds")
        case _:
            return False


def read(objects: Iterable[Manifest], previous: Settings | None = None) -> Reading:
    """Return the settings and what is wrong in them; what is malformed keeps its last good value (or the default)."""
    before = previous or Settings()
    kept = list(objects)
    maps = {secrets.name_of(each): each for each in kept if each.get("kind") == "ConfigMap"}
    by_type: dict[str, list[Manifest]] = {"cluster": [], "repository": [], "repo-creds": []}
    for each in kept:
        if each.get("kind") == "Secret":
            by_type.setdefault(secrets.type_of(each), []).append(each)

    texts, wrong = _texts(maps, before)
    parameter_texts, wrong_parameters = parameters.accept(
        _data(maps, "argocd-cmd-params-cm"), previous=before.parameter_texts
    )
    found_tools, wrong_tools = tools.read(texts, parameter_texts)
    said, wrong_said = _customisations(texts, parameter_texts)
    keys, wrong_keys = keyring.read(_data(maps, "argocd-gpg-keys-cm"))
    found_accounts, wrong_accounts = _accounts(kept, enabled=value_of(texts, config_map.ADMIN))
    found, wrong_repositories = repositories.read(by_type["repository"], before.repositories)
    templates, wrong_templates = repositories.read(by_type["repo-creds"], before.repository_templates)
    known, wrong_clusters = clusters.read(
        by_type["cluster"], before.clusters, in_cluster=value_of(texts, config_map.IN_CLUSTER)
    )
    settings = Settings(
        general=config_map.general(texts),
        accounts=found_accounts,
        repositories=found,
        repository_templates=templates,
        clusters=known,
        tls_certs={host.lower(): pem for host, pem in _data(maps, "argocd-tls-certs-cm").items()},
        known_hosts=_data(maps, "argocd-ssh-known-hosts-cm").get(_KNOWN_HOSTS_KEY, ""),
        keyring=keys,
        tools=found_tools,
        tracking=config_map.tracking(texts),
        timers=config_map.timers(texts),
        watching=config_map.watching(texts),
        shown=config_map.shown(texts),
        compare=value_of(texts, config_map.COMPARE),
        customisations=said,
        texts=texts,
        parameter_texts=parameter_texts,
    )
    of_maps = (*wrong, *wrong_parameters, *wrong_tools, *wrong_said, *wrong_keys)
    return Reading(settings, (*of_maps, *wrong_accounts, *wrong_repositories, *wrong_templates, *wrong_clusters))


def _data(maps: Mapping[str, Manifest], name: str) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in ((maps.get(name) or {}).get("data") or {}).items()}


def _texts(maps: Mapping[str, Manifest], before: Settings) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    if "argocd-cm" not in maps:
        return before.texts, (Problem(config_map.NAME, "", "missing; the last good settings stay in force"),)
    return config_map.accept(_data(maps, "argocd-cm"), previous=before.texts)


def _customisations(
    texts: Mapping[str, str], parameter_texts: Mapping[str, str]
) -> tuple[Customisations, tuple[Problem, ...]]:
    jq = parameters.JQ_TIMEOUT if parameters.JQ_TIMEOUT.name in parameter_texts else parameters.CONTROLLER_JQ_TIMEOUT
    return customisations.read(
        texts,
        generic=value_of(texts, config_map.GENERIC_HEALTH),
        shipped=value_of(texts, config_map.SHIPPED_RULES),
        jq_seconds=value_of(parameter_texts, jq),
        where=config_map.NAME,
    )


def _accounts(objects: Iterable[Manifest], *, enabled: bool) -> tuple[Accounts, tuple[Problem, ...]]:
    for each in objects:
        if each.get("kind") == "Secret" and secrets.name_of(each) == ACCOUNTS_SECRET:
            try:
                return accounts.read(secrets.texts_of(each), enabled=enabled)
            except values.Malformed as error:
                return Accounts(), (Problem(accounts.NAME, "", f"{error}; nobody can sign in"),)
    return Accounts(), (Problem(accounts.NAME, "", "missing; nobody can sign in"),)
