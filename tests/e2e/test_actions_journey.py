"""What a user has done to single objects, from the command line, through REST and on the page."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_page_journey import chromium, node

__all__ = ["chromium", "node"]

ACTIONS = "/api/v1/applications/acted/resource/actions"
WEB = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "acted", "resourceName": "guestbook"}
MANUAL = {"syncOptions": ["CreateNamespace=true"]}


@pytest.fixture
def acted(world: Any) -> Any:
    """The guestbook, synced by hand, so that what is scaled stays so; deleted afterwards."""
    world.create("acted", syncPolicy=MANUAL)
    world.argosy("app", "sync", "acted", "--timeout", "60")
    world.wait_for("acted", "Synced", "Healthy")
    yield world
    world.delete("acted")


def field(world: Any, path: str) -> str:
    return world.kubectl("-n", "acted", "get", "deploy", "guestbook", "-o", f"jsonpath={{{path}}}")


def restarted_at(world: Any) -> str:
    return field(world, r".spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt")


def test_a_deployment_is_restarted_and_scaled_and_the_rest_is_refused(acted: Any) -> None:
    listed = acted.argosy("app", "actions", "list", "acted", "--kind", "Deployment")
    assert ["apps", "Deployment", "guestbook", "restart", "false"] in [
        each.split() for each in listed.stdout.splitlines()
    ]
    acted.argosy("app", "actions", "run", "acted", "restart", "--kind", "Deployment")
    assert restarted_at(acted)
    acted.kubectl("-n", "acted", "patch", "deploy", "guestbook", "--type=json", "-p", REMOVED)
    assert not restarted_at(acted)
    by_rest = acted.rest.client.post(ACTIONS, params=WEB, json="restart")
    assert by_rest.status_code == 200, by_rest.text
    assert restarted_at(acted)

    acted.argosy("app", "actions", "run", "acted", "scale", "--kind", "Deployment", "--param", "replicas=1")
    assert field(acted, ".spec.replicas") == "1"
    acted.wait_for("acted", "OutOfSync")

    disabled = acted.argosy("app", "actions", "run", "acted", "resume", "--kind", "Deployment", check=False)
    assert (disabled.returncode, "action resume is disabled" in disabled.stderr) == (20, True)
    unknown = acted.argosy("app", "actions", "run", "acted", "explode", "--kind", "Deployment", check=False)
    assert (unknown.returncode, "is not available" in unknown.stderr) == (20, True)
    elsewhere = {**WEB, "namespace": "argocd", "resourceName": "other"}
    refused = acted.rest.client.post(ACTIONS, params=elsewhere, json="restart")
    assert (refused.status_code, "not found as part of the application" in refused.text) == (400, True)
    events = acted.kubectl("-n", "argocd", "get", "events", "-o", "jsonpath={.items[*].reason}")
    assert events.split().count("ResourceActionRan") == 3


REMOVED = json.dumps([{"op": "remove", "path": "/spec/template/metadata/annotations"}])


@pytest.mark.browser
def test_a_deployment_is_scaled_on_the_page(acted: Any, node: Path, chromium: str, tmp_path: Path) -> None:
    given = {
        "url": acted.url,
        "password": acted.password,
        "chromium": chromium,
        "pictures": str(tmp_path),
        "object": "apps/Deployment/acted/guestbook",
    }
    program = Path(__file__).parent / "page" / "actions.mjs"
    done = subprocess.run(
        [node, program], input=json.dumps(given), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{tmp_path}"
    assert field(acted, ".spec.replicas") == "3"
