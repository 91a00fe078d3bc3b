"""`argosy app sync`: start a sync and see it to its end."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from argosy.cli import applications, client, differences, report
from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.command import flag, names, number, output, show_help, text, texts
from argosy.cli.commands.app.ending import await_end
from argosy.cli.commands.app.options import app_namespace, selector, source_revisions
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.managed import managed
from argosy.cli.printing import say
from argosy.cli.reading import read_pairs
from argosy.cli.spec import document
from argosy.cli.views.resources import included, parse_pattern
from argosy.cli.waiting import Conditions
from argosy.cli.watching import Wait
from argosy.engine.model.application import Application
from argosy.engine.model.operation import OperationState
from argosy.engine.model.resource import ResourceKey

Given = Mapping[str, Any]

_MOST_REASONS = 10


@click.command()
@names("[APPNAME...]", required=False)
@text("--revision", explain="Sync to this revision instead of the one that the application follows")
@source_revisions("Sync to")
@texts("--resource", explain="Only these resources, as GROUP:KIND:NAME; ! in front leaves them out; * fits all")
@texts("--label", explain="Only resources with this label, as name=value")
@flag("--prune", explain="Delete what is not wanted any more")
@flag("--dry-run", explain="Only say what would be done")
@flag("--force", explain="Delete and recreate what cannot be changed")
@flag("--replace", explain="Replace instead of apply")
@flag("--server-side", explain="Apply on the server side")
@flag("--apply-out-of-sync-only", explain="Leave alone what is in sync")
@click.option("--strategy", type=click.Choice(["apply", "hook"]), help="With hooks (hook) or without (apply)")
@flag("--async", explain="Do not wait for the end")
@texts("--info", explain="A note to keep with the operation, as name=value")
@number("--retry-limit", explain="How often to retry; 0 is never, negative without limit", default=0)
@flag("--retry-refresh", explain="Retry with newer revisions")
@text("--retry-backoff-duration", explain="Wait before the first retry, as 5s", default="5s")
@number("--retry-backoff-factor", explain="Factor between two waits", default=2)
@text("--retry-backoff-max-duration", explain="Longest wait, as 3m", default="3m0s")
@number("--timeout", explain="Give up waiting after so many seconds; 0 is never", default=0)
@flag("--preview-changes", explain="Show what would change, and ask")
@flag("--assumeYes", explain="Do not ask")
@texts("--project", explain="All applications of this project; may be repeated")
@output(*report.FORMATS)
@selector()
@app_namespace()
@click.pass_obj
def command(options: Globals, names: tuple[str, ...], *, output: str, timeout: int, **given: Any) -> None:
    """Sync applications to what is wanted of them."""
    if len(given["revisions"]) != len(given["source_positions"]):
        show_help("Give as many --revisions as --source-positions.")
    which = applications.choice(
        names, selector=given["selector"], namespace=given["app_namespace"], projects=given["project"]
    )
    with client.connect(options) as connected:
        for name in applications.chosen(connected, which):
            if given["preview_changes"] and not _agreed(connected, name, options, given):
                continue
            started = connected.post(name.path("sync"), _request(connected, name, given))
            if not given["async"]:
                conditions = Conditions(operation=True)
                wait = Wait(name=name, conditions=conditions, timeout=timeout, since=started)
                ended = await_end(connected, wait, output=output, title=f"Syncing {name}")
                if not given["dry_run"]:
                    _check(name, applications.view(ended.document), selective=bool(given["resource"]))


def _agreed(connected: Client, name: Name, options: Globals, given: Given) -> bool:
    found = differences.differing(managed(connected, name))
    if not found:
        say("====== No Differences found ======")
        return True
    differences.show(found, options.environment)
    return given["assumeYes"] or click.confirm(
        "Please review changes to application shown above. Do you want to continue"
    )


def _check(name: Name, application: Application, *, selective: bool) -> None:
    """Raise `CommandError` if the operation failed, or left something that is still to be pruned."""
    state = application.status.operation_state
    if not state:
        raise CommandError(f"application '{name}' knows nothing of the operation")
    if state.phase != "Succeeded":
        raise CommandError(f"Operation has completed with phase: {state.phase}", advice=_reasons(state))
    results = state.sync_result.resources if state.sync_result else ()
    skipped = sum(result.status == "PruneSkipped" for result in results)
    sync = application.status.sync
    if skipped and not selective and not (sync and sync.status == "Synced"):
        raise CommandError(f"{skipped} resources require pruning", advice=f"Run: argosy app sync {name} --prune")


def _reasons(state: OperationState) -> str:
    """What the operation says of itself, and what its objects say that failed."""
    results = state.sync_result.resources if state.sync_result else ()
    failed = [result for result in results if result.status == "SyncFailed" or result.hook_phase in ("Failed", "Error")]
    keys = [ResourceKey(each.group, each.kind, each.namespace, each.name) for each in failed]
    told = [f"{key}: {each.message}" for key, each in zip(keys, failed, strict=True)]
    return "\n".join([state.message, *told[:_MOST_REASONS]]).strip()


def _request(connected: Client, name: Name, given: Given) -> Mapping[str, Any]:
    """The body of the request, as Argo CD's."""
    optional: dict[str, Any] = {
        "appNamespace": name.namespace,
        "revision": given["revision"],
        "revisions": list(given["revisions"]),
        "sourcePositions": list(given["source_positions"]),
        "dryRun": given["dry_run"],
        "prune": given["prune"],
        "strategy": _strategy(given),
        "resources": _resources(connected, name, given),
        "infos": [{"name": key, "value": value} for key, value in read_pairs(given["info"], option="--info").items()],
        "retryStrategy": _retry(given),
        "syncOptions": _sync_options(connected, name, given),
    }
    return {"name": name.name, **{field: value for field, value in optional.items() if value}}


def _strategy(given: Given) -> Mapping[str, Any] | None:
    force = {"force": True} if given["force"] else {}
    match given["strategy"]:
        case "apply":
            return {"apply": force}
        case "hook":
            return {"hook": force}
        case _:
            return {"hook": force} if force else None


def _retry(given: Given) -> Mapping[str, Any] | None:
    if not given["retry_limit"]:
        return None
    return {
        "limit": given["retry_limit"],
        "refresh": given["retry_refresh"],
        "backoff": {
            "duration": given["retry_backoff_duration"],
            "factor": given["retry_backoff_factor"],
            "maxDuration": given["retry_backoff_max_duration"],
        },
    }


def _sync_options(connected: Client, name: Name, given: Given) -> Mapping[str, Any] | None:
    """The sync options asked for, with the application's own, which the server would drop beside them."""
    asked = {
        "Replace": given["replace"],
        "ServerSideApply": given["server_side"],
        "ApplyOutOfSyncOnly": given["apply_out_of_sync_only"],
    }
    names = [option for option, wanted in asked.items() if wanted]
    if not names:
        return None
    policy = applications.view(applications.fetch(connected, name)).spec.sync_policy
    own = [option for option in (policy.sync_options if policy else ()) if option.partition("=")[0] not in names]
    return {"items": [*own, *(f"{option}=true" for option in names)]}


def _resources(connected: Client, name: Name, given: Given) -> Sequence[Mapping[str, str]]:
    """The resources that a selective sync is limited to; raises `CommandError` if the patterns fit none."""
    if not given["resource"] and not given["label"]:
        return []
    try:
        patterns = [parse_pattern(text) for text in given["resource"]]
    except ValueError as error:
        raise CommandError(str(error)) from error
    labelled = _labelled(connected, name, given["label"]) if given["label"] else None
    status = applications.view(applications.fetch(connected, name)).status
    keys = [ResourceKey(each.group, each.kind, each.namespace, each.name) for each in status.resources]
    fitting = [key for key in keys if included(key, patterns) and (labelled is None or key in labelled)]
    if not fitting:
        raise CommandError(f"no resource of application '{name}' fits", advice=f"Run: argosy app resources {name}")
    return [key._asdict() for key in fitting]


def _labelled(connected: Client, name: Name, labels: Sequence[str]) -> frozenset[ResourceKey]:
    wanted = read_pairs(labels, option="--label").items()
    return frozenset(
        pair.key
        for pair in managed(connected, name)
        if wanted <= (document.get(pair.target or {}, ("metadata", "labels")) or {}).items()
    )
