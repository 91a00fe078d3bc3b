"""`argocd-cm`: the table of its keys, and what is made of them. Called by `settings.read`."""

import re
from collections.abc import Callable, Mapping
from typing import cast

from argosy.engine.normalise.rules import StatusField
from argosy.engine.settings import customisations, values
from argosy.engine.settings.snapshot import CompareOptions, General, Problem, ResourceFilter, Timers, Watching
from argosy.engine.settings.table import Key, Table, value_of
from argosy.engine.tracking import DEFAULT_LABEL_KEY, Method, Tracking
from argosy.engine.tree import Shown

NAME = "ConfigMap argocd-cm"


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise values.Malformed(f"not a regular expression: {error}") from error
    return value


def _strings(value: str) -> tuple[str, ...]:
    entries = values.structure(value) or []
    if not isinstance(entries, list):
        raise values.Malformed("not a list")
    return tuple(str(entry) for entry in entries)


def _filters(value: str) -> tuple[ResourceFilter, ...]:
    return tuple(
        ResourceFilter(_texts(entry, "apiGroups"), _texts(entry, "kinds"), _texts(entry, "clusters"))
        for entry in values.objects(value)
    )


def _texts(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = entry.get(key) or []
    if not isinstance(found, list):
        raise values.Malformed(f"{key} is not a list")
    return tuple(str(each) for each in found)


_COMPARE = CompareOptions()
_STATUS_FIELDS: Mapping[object, StatusField] = {
    "all": "all",
    "": "all",
    None: "all",
    "crd": "crd",
    # YAML reads an unquoted `off` as false; Argo CD takes both for "none".
    **dict.fromkeys(("none", "off", "false", False), "none"),
}


def _compare_options(value: str) -> CompareOptions:
    options = values.mapping(value)
    status = options.get("ignoreResourceStatusField", "all")
    if status not in _STATUS_FIELDS:
        raise values.Malformed("ignoreResourceStatusField is not one of all, crd, none")
    return CompareOptions(
        ignore_aggregated_roles=_truth(options, "ignoreAggregatedRoles", _COMPARE.ignore_aggregated_roles),
        ignore_status=_STATUS_FIELDS[status],
        ignore_difference_on_resource_update=_truth(
            options, "ignoreDifferencesOnResourceUpdates", _COMPARE.ignore_difference_on_resource_update
        ),
    )


def _truth(options: Mapping[str, object], name: str, otherwise: object) -> bool:
    try:
        return values.boolean(str(options.get(name, otherwise)))
    except values.Malformed as error:
        raise values.Malformed(f"{name} is {error}") from error


_GENERAL = General()
_TIMERS = Timers()

URL = Key("url", values.text, "")
ADDITIONAL_URLS = Key("additionalUrls", _strings, ())
SESSION = Key("users.session.duration", values.duration, _GENERAL.session_seconds)
PASSWORD_PATTERN = Key("passwordPattern", _pattern, _GENERAL.password_pattern)
ADMIN = Key("admin.enabled", values.boolean, True)
IN_CLUSTER = Key("cluster.inClusterEnabled", values.boolean, True)
BADGE = Key("statusbadge.enabled", values.boolean, False)
BADGE_URL = Key("statusbadge.url", values.text, "")
EXEC = Key("exec.enabled", values.boolean, False)
IMPERSONATION = Key("application.sync.impersonation.enabled", values.boolean, False)
CHAT_URL = Key("help.chatUrl", values.text, "")
CHAT_TEXT = Key("help.chatText", values.text, "")
CSS_URL = Key("ui.cssurl", values.text, "")
BANNER = Key("ui.bannercontent", values.text, "")
BANNER_URL = Key("ui.bannerurl", values.text, "")
BANNER_PERMANENT = Key("ui.bannerpermanent", values.boolean, False)
BANNER_POSITION = Key("ui.bannerposition", values.text, "")
LOGIN_BUTTON = Key("ui.loginButtonText", values.text, "")
RECONCILIATION = Key("timeout.reconciliation", values.duration, _TIMERS.reconciliation)
JITTER = Key("timeout.reconciliation.jitter", values.duration, _TIMERS.jitter)
HARD_RECONCILIATION = Key("timeout.hard.reconciliation", values.duration, _TIMERS.hard_reconciliation)
LABEL_KEY = Key("application.instanceLabelKey", values.text, DEFAULT_LABEL_KEY)
METHOD = Key(
    "application.resourceTrackingMethod", values.one_of("annotation", "annotation+label", "label"), "annotation"
)
INSTALLATION_ID = Key("installationID", values.text, "")
EXCLUSIONS = Key("resource.exclusions", _filters, ())
INCLUSIONS = Key("resource.inclusions", _filters, ())
RESPECT_RBAC = Key("resource.respectRBAC", values.one_of("", "normal", "strict"), "")
IGNORE_UPDATES = Key("resource.ignoreResourceUpdatesEnabled", values.boolean, True)
CUSTOM_LABELS = Key("resource.customLabels", values.comma_list, ())
NODE_LABELS = Key("application.allowedNodeLabels", values.comma_list, ())
MASKED = Key("resource.sensitive.mask.annotations", values.comma_list, ())
COMPARE = Key("resource.compareoptions", _compare_options, _COMPARE)
CUSTOMIZATIONS = Key("resource.customizations", customisations.in_one, {})
GENERIC_HEALTH = Key("argosy.health.generic", values.boolean, True)
SHIPPED_RULES = Key("argosy.ignoreDifferences.shipped", values.boolean, True)
HELM = Key("helm.enable", values.boolean, True)
KUSTOMIZE = Key("kustomize.enable", values.boolean, True)
JSONNET = Key("jsonnet.enable", values.boolean, True)
VALUE_FILES_SCHEMES = Key("helm.valuesFileSchemes", values.comma_list, ("http", "https"))
KUSTOMIZE_OPTIONS = Key("kustomize.buildOptions", values.text, "")
KUSTOMIZE_OPTIONS_FAMILY = "kustomize.buildOptions."
KUSTOMIZE_PATH_FAMILIES = ("kustomize.version.", "kustomize.path.")

_READ: Mapping[str, Key[object]] = {
    key.name: cast("Key[object]", key) for key in list(globals().values()) if isinstance(key, Key)
}

# Keys of Argo CD's that are accepted and not read yet.
_ACCEPTED = frozenset(
    (
        "users.anonymous.enabled",
        "dex.config",
        "dex.auth.connectorId",
        "oidc.config",
        "oidc.tls.insecure.skip.verify",
        "resource.includeEventLabelKeys",
        "resource.excludeEventLabelKeys",
        "application.links",
        "project.links",
        "resource.links",
        "application.sync.impersonation.enforced",
        "application.sync.requireOverridePrivilegeForRevisionSync",
        "globalProjects",
        "sourceHydrator.commitMessageTemplate",
        "sourceHydrator.readmeMessageTemplate",
        "commit.author.name",
        "commit.author.email",
        "server.maxPodLogsToRender",
        "server.rbac.rollback.enforce.enable",
        "server.rbac.disableApplicationFineGrainedRBACInheritance",
        "exec.shells",
        "extension.config",
        "webhook.maxPayloadSizeMB",
        "webhook.refresh.jitter",
        "webhook.refresh.jitter.threshold",
        "ui.view.resources.disabled",
        "ga.trackingid",
        "ga.anonymizeusers",
    )
)
_ACCEPTED_FAMILIES = (
    "accounts.",
    "help.download.",
    "extension.config.",
)


_READ_FAMILIES: dict[str, Callable[[str], object]] = {
    **dict.fromkeys((KUSTOMIZE_OPTIONS_FAMILY, *KUSTOMIZE_PATH_FAMILIES), values.text),
    **customisations.FAMILIES,
}
_TABLE = Table(NAME, _READ, _READ_FAMILIES, _ACCEPTED, _ACCEPTED_FAMILIES)


def accept(data: Mapping[str, str], *, previous: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """Return the texts that hold from now on, and what is wrong: a malformed text gives way to the previous one."""
    return _TABLE.accept(data, previous=previous)


def general(texts: Mapping[str, str]) -> General:
    """Return the general settings."""
    return General(
        url=value_of(texts, URL),
        additional_urls=value_of(texts, ADDITIONAL_URLS),
        session_seconds=value_of(texts, SESSION),
        password_pattern=value_of(texts, PASSWORD_PATTERN),
        status_badge_enabled=value_of(texts, BADGE),
        status_badge_url=value_of(texts, BADGE_URL),
        exec_enabled=value_of(texts, EXEC),
        impersonation_enabled=value_of(texts, IMPERSONATION),
        help_chat_url=value_of(texts, CHAT_URL),
        help_chat_text=value_of(texts, CHAT_TEXT),
        css_url=value_of(texts, CSS_URL),
        banner_content=value_of(texts, BANNER),
        banner_url=value_of(texts, BANNER_URL),
        banner_permanent=value_of(texts, BANNER_PERMANENT),
        banner_position=value_of(texts, BANNER_POSITION),
        login_button_text=value_of(texts, LOGIN_BUTTON),
    )


def tracking(texts: Mapping[str, str]) -> Tracking:
    """Return how ownership is marked."""
    return Tracking(
        method=cast("Method", value_of(texts, METHOD)),
        label_key=value_of(texts, LABEL_KEY) or DEFAULT_LABEL_KEY,
        installation_id=value_of(texts, INSTALLATION_ID),
    )


def timers(texts: Mapping[str, str]) -> Timers:
    """Return how often applications are compared without a reason."""
    return Timers(value_of(texts, RECONCILIATION), value_of(texts, JITTER), value_of(texts, HARD_RECONCILIATION))


def watching(texts: Mapping[str, str]) -> Watching:
    """Return which kinds are watched."""
    return Watching(
        exclusions=value_of(texts, EXCLUSIONS),
        inclusions=value_of(texts, INCLUSIONS),
        respect_rbac=value_of(texts, RESPECT_RBAC),
        ignore_resource_updates=value_of(texts, IGNORE_UPDATES),
        masked_annotations=value_of(texts, MASKED),
    )


def shown(texts: Mapping[str, str]) -> Shown:
    """Return what the tree shows besides what it always does."""
    return Shown(labels=value_of(texts, CUSTOM_LABELS), node_labels=value_of(texts, NODE_LABELS))
