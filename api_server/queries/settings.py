"""Read what the page and the command line have to know before, and after, somebody has signed in (7.16, 7.17)."""

from collections.abc import Mapping
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from api_server.server import Caller, Server
from argosy.engine.access import Anonymous


def get(server: Server, caller: Caller) -> Mapping[str, Any]:
    """Return the settings; of those only what the sign-in page needs for somebody who has not signed in."""
    found = server.settings
    general = found.general
    public: dict[str, Any] = {
        "url": general.url,
        "passwordPattern": general.password_pattern,
        "userLoginsDisabled": not found.accounts.admin.enabled,
        "statusBadgeEnabled": general.status_badge_enabled,
        "uiCssURL": web_address(general.css_url),
        "uiBannerContent": general.banner_content,
        "uiBannerURL": web_address(general.banner_url),
        "uiBannerPermanent": general.banner_permanent,
        "uiBannerPosition": general.banner_position,
        "uiLoginButtonText": general.login_button_text,
        "help": {"chatUrl": web_address(general.help_chat_url), "chatText": general.help_chat_text},
    }
    if isinstance(caller.subject, Anonymous):
        return public
    return public | {
        "additionalUrls": list(general.additional_urls),
        "statusBadgeRootUrl": general.status_badge_url,
        "appLabelKey": found.tracking.label_key,
        "trackingMethod": found.tracking.method,
        "installationID": found.tracking.installation_id,
        "controllerNamespace": server.namespace,
        "execEnabled": False,
        "appsInAnyNamespaceEnabled": False,
        "hydratorEnabled": False,
        "impersonationEnabled": False,
        "syncWithReplaceAllowed": False,
        "kustomizeOptions": {"BuildOptions": found.tools.kustomize_build_options},
        "kustomizeVersions": list(found.tools.kustomize_versions),
        "resourceOverrides": {},
        "problems": [str(problem) for problem in server.watches.settings.problems],
    }


def version(caller: Caller) -> Mapping[str, str]:
    """Return the version, the details only for somebody who has signed in."""
    number = f"v{metadata.version('argosy')}"
    if isinstance(caller.subject, Anonymous):
        return {"Version": number}
    return {
        "Version": number,
        "BuildDate": "",
        "GitCommit": "",
        "GitTag": "",
        "GitTreeState": "",
        "GoVersion": "",
        "Compiler": "",
        "Platform": "",
        "KustomizeVersion": "",
        "HelmVersion": "",
        "KubectlVersion": "",
        "JsonnetVersion": "",
        "ExtraBuildInfo": "",
    }


def web_address(text: str) -> str:
    """Return the address if a browser may follow it, else nothing: `javascript:` and the like are dropped (S-180)."""
    try:
        scheme = urlsplit(text.strip()).scheme.lower()
    except ValueError:
        return ""
    return text.strip() if scheme in ("http", "https") else ""
