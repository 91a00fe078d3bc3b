"""What a render depends on besides the application: settings, credentials, the cluster's versions.

Comes in: files of settings objects as the server has them, options, the environment. Goes out: one value. No
credential is ever an argument: they come from files, and from the environment for one URL that is named.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from argosy.cli.errors import CommandError
from argosy.cli.printing import note
from argosy.cli.reading import read_text
from argosy.engine import settings
from argosy.engine.model.application import Application, instance_name
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, Settings
from argosy.gateways.manifests.requests import Destination
from argosy.wire import yaml_text

_USERNAME = "ARGOSY_REPO_USERNAME"
_PASSWORD = "ARGOSY_REPO_PASSWORD"  # noqa: S105 (a variable's name)
_GIVEN_HERE = "the options"


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a render depends on besides the application.

    `settings` hold the repositories with their credentials, among others; `folders` stand for repositories, by URL;
    `environment` is that of the process; applications of the control namespace go by their bare name.
    """

    settings: Settings
    environment: Mapping[str, str] = field(repr=False)
    destination: Destination
    folders: Mapping[str, Path]
    control_namespace: str = "argocd"

    def instance(self, application: Application) -> str:
        """Return the application's name in marks and for templates."""
        return instance_name(application, control_namespace=self.control_namespace)


def given(options: Mapping[str, Any], environment: Mapping[str, str], *, folders: Mapping[str, Path]) -> Circumstances:
    """Return what the options of a command that renders say. Raises `CommandError`."""
    known = with_known_hosts(read_settings(options["settings"]), environment)
    if options["credentials_for"]:
        key = options["ssh_private_key_path"]
        known = with_credentials(known, options["credentials_for"], environment, ssh_private_key=key)
    if options["kustomize_build_options"]:
        tools = msgspec.structs.replace(known.tools, kustomize_build_options=options["kustomize_build_options"])
        known = replace(known, tools=tools)
    return Circumstances(
        settings=known,
        environment=environment,
        destination=Destination(options["kube_version"] or "", tuple(options["api_versions"])),
        folders=folders,
    )


def read_settings(files: Sequence[str]) -> Settings:
    """Read the ConfigMaps and Secrets in files, as the server has them; says what is wrong in them.

    Raises `CommandError` for a file without any.
    """
    objects = [each for file in files for each in _objects(file)]
    reading = settings.read(objects)
    given = {f"{each.get('kind')} {(each.get('metadata') or {}).get('name')}" for each in objects}
    for problem in reading.problems:
        # What the files do not hold is missed by a server, and not here.
        if problem.object in given:
            note(f"warning: {problem}")
    return reading.settings


def with_credentials(
    known: Settings, url: str, environment: Mapping[str, str], *, ssh_private_key: str | None
) -> Settings:
    """Return the settings with credentials for repositories at or below a URL: from the environment, and a key file."""
    template = Repository(
        url=url,
        username=environment.get(_USERNAME, ""),
        password=environment.get(_PASSWORD, ""),
        ssh_private_key=read_text(ssh_private_key) if ssh_private_key else "",
    )
    if not template.password and not template.ssh_private_key:
        raise CommandError(
            f"there are no credentials for {url}",
            advice=f"Set {_USERNAME} and {_PASSWORD}, or name a key with --ssh-private-key-path.",
        )
    entry = RepositoryEntry(_GIVEN_HERE, template, managed=False)
    return replace(known, repository_templates=(*known.repository_templates, entry))


def with_known_hosts(known: Settings, environment: Mapping[str, str]) -> Settings:
    """Return the settings with the ssh hosts that the user trusts, where they name none themselves."""
    file = Path(environment.get("HOME", "")) / ".ssh" / "known_hosts"
    if known.known_hosts or not file.is_file():
        return known
    return replace(known, known_hosts=read_text(str(file)))


def _objects(file: str) -> Iterator[Mapping[str, Any]]:
    try:
        documents = yaml_text.load_all(read_text(file))
    except yaml_text.YamlError as error:
        raise CommandError(f"{file}: {error}") from error
    found = [_encoded(each) for each in documents if isinstance(each, Mapping)]
    kept = [each for each in found if settings.is_settings(each)]
    if not kept:
        raise CommandError(
            f"{file} holds no settings",
            advice="Name a file with argocd-cm, or with repository Secrets and their label.",
        )
    yield from kept


def _encoded(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a Secret as the API server would keep it: `stringData` is only a way to write `data`."""
    texts = manifest.get("stringData")
    if not isinstance(texts, Mapping):
        return manifest
    data = {str(key): base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
    return {**manifest, "data": {**(manifest.get("data") or {}), **data}}
