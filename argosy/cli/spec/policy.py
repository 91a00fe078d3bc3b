"""What the options of the sync policy change in a spec. Called through the table of options."""

from collections.abc import Callable, Sequence

from argosy.cli.spec import document
from argosy.cli.spec.document import Document, Path

_AUTOMATED: Path = ("syncPolicy", "automated")
_RETRY: Path = ("syncPolicy", "retry")
# Argo CD's waits between retries.
_BACKOFF = {"duration": "5s", "factor": 2, "maxDuration": "3m0s"}


def sync_policy(spec: Document, name: str) -> Document:
    """Switch automated sync on or off; raises `ValueError` for a policy that does not exist."""
    match name:
        case "none" | "manual" | "":
            return document.put(spec, _AUTOMATED, None)
        case "auto" | "automated" | "automatic":
            return _with_automated(spec, document.get(spec, _AUTOMATED) or {})
        case _:
            raise ValueError(f"--sync-policy {name!r} is none of: none, automated, auto, automatic")


def automated_flag(option: str, field: str) -> Callable[[Document, bool], Document]:
    """Make the change of an option that only has a meaning for automated sync."""

    def edit(spec: Document, value: bool) -> Document:
        automated = document.get(spec, _AUTOMATED)
        if automated is None:
            raise ValueError(f"{option} has no meaning without automated sync; add --sync-policy auto")
        return _with_automated(spec, {**automated, field: value})

    return edit


def sync_options(spec: Document, texts: Sequence[str]) -> Document:
    """Add sync options, and remove those written with `!` in front."""
    path: Path = ("syncPolicy", "syncOptions")
    options: list[str] = list(document.get(spec, path) or ())
    for text in texts:
        if text.startswith("!"):
            options = [option for option in options if option != text[1:]]
        elif text not in options:
            options.append(text)
    return document.put(spec, path, options)


def retry_limit(spec: Document, limit: int) -> Document:
    """Set how often a failed sync is retried: 0 never, negative without limit."""
    if limit == 0:
        return document.put(spec, _RETRY, None)
    retry = {"backoff": _BACKOFF, **(document.get(spec, _RETRY) or {}), "limit": limit}
    return document.put(spec, _RETRY, retry)


def _with_automated(spec: Document, automated: Document) -> Document:
    """Set `automated`, which means "on" even when it is empty, so that `document.put` cannot do it."""
    return {**spec, "syncPolicy": {**(spec.get("syncPolicy") or {}), "automated": automated}}
