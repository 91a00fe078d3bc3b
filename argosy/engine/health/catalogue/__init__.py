"""Kinds of other projects, one family per module: what their own documentation says of their status.

A family's `TABLE` names groups and kinds as globs: `*.crossplane.io/*` is every kind of every such group. An exact name
goes before a glob. Looked into by `health.assess` for a kind that Kubernetes itself does not define.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import chain

from argosy.engine.globs import matches
from argosy.engine.health.catalogue import (
    ack,
    argo_cd,
    argo_events,
    argo_rollouts,
    argo_workflows,
    cert_manager,
    config_connector,
    cron_jobs,
    crossplane,
    custom_resource_definitions,
    elastic,
    flux,
    gateway_api,
    kruise,
    kruise_game,
    mariadb,
    openshift_apps,
    threescale,
    zalando,
)
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import GroupKind, Manifest

Check = Callable[[Manifest], Health]

_FAMILIES: tuple[Mapping[str, Check], ...] = (
    ack.TABLE,
    argo_cd.TABLE,
    argo_events.TABLE,
    argo_rollouts.TABLE,
    argo_workflows.TABLE,
    cert_manager.TABLE,
    config_connector.TABLE,
    cron_jobs.TABLE,
    crossplane.TABLE,
    custom_resource_definitions.TABLE,
    elastic.TABLE,
    flux.TABLE,
    gateway_api.TABLE,
    kruise.TABLE,
    kruise_game.TABLE,
    mariadb.TABLE,
    openshift_apps.TABLE,
    threescale.TABLE,
    zalando.TABLE,
)


def _split(tables: Iterable[Mapping[str, Check]]) -> tuple[dict[GroupKind, Check], list[tuple[str, str, Check]]]:
    exact: dict[GroupKind, Check] = {}
    globs: list[tuple[str, str, Check]] = []
    for name, check in chain.from_iterable(table.items() for table in tables):
        group, _, kind = name.rpartition("/")
        if "*" in name:
            globs.append((group, kind, check))
        else:
            exact[GroupKind(group, kind)] = check
    return exact, globs


_EXACT, _GLOBS = _split(_FAMILIES)


@lru_cache(maxsize=4096)
def check_for(kind: GroupKind) -> Check | None:
    """Return the check of a kind, None if no family has it."""
    if kind in _EXACT:
        return _EXACT[kind]
    return next(
        (check for group, name, check in _GLOBS if matches(group, kind.group) and matches(name, kind.kind)), None
    )


def all_checks() -> list[tuple[str, Check]]:
    """Return every group and kind that a family has, or glob of them, with its check; for tests and documents."""
    return [(name, check) for table in _FAMILIES for name, check in table.items()]
