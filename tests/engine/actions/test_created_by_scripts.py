"""What a user's script creates: Lua cannot tell an empty map from an empty list, and the source can (5.25)."""

from typing import Any

import pytest

from argosy.engine.actions import defined
from argosy.engine.actions.defined import BadAnswer, Result

SOURCE: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "nightly", "namespace": "n"},
    "spec": {
        "jobTemplate": {
            "spec": {
                "template": {
                    "spec": {
                        "securityContext": {},
                        "containers": [{"name": "a", "resources": {}, "args": [], "env": [{"name": "x", "odd": {}}]}],
                        "volumes": [{"name": "v", "emptyDir": {}, "odd": []}],
                    }
                }
            }
        }
    },
}


def made(spec: Any) -> dict[str, Any]:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "now"}, "spec": spec}


def test_5_25_what_is_made_of_the_source_has_its_empty_maps() -> None:
    from_lua = {
        "backoffLimit": 2.0,
        "template": {
            "spec": {
                "securityContext": [],
                "containers": [{"name": "a", "resources": [], "args": [], "env": [{"name": "x", "odd": []}]}],
                "volumes": [{"name": "v", "emptyDir": []}],
            }
        },
    }
    (result,) = defined.results([{"operation": "create", "resource": made(from_lua)}], SOURCE)
    assert result == Result(
        "create",
        made(
            {
                "backoffLimit": 2,
                "template": {
                    "spec": {
                        "securityContext": {},
                        "containers": [{"name": "a", "resources": {}, "args": [], "env": [{"name": "x", "odd": []}]}],
                        "volumes": [{"name": "v", "emptyDir": {}}],
                    }
                },
            }
        ),
    )


@pytest.mark.parametrize("missing", ["apiVersion", "kind", "metadata"])
def test_5_25_what_is_made_is_whole(missing: str) -> None:
    part = {key: value for key, value in made({}).items() if key != missing}
    with pytest.raises(BadAnswer, match=r"without apiVersion, kind or metadata\.name"):
        defined.results([{"operation": "create", "resource": part}], SOURCE)


def test_5_25_a_name_may_be_left_to_the_server() -> None:
    resource = {**made({}), "metadata": {"generateName": "nightly-"}}
    (result,) = defined.results([{"operation": "create", "resource": resource}], SOURCE)
    assert result.object["metadata"] == {"generateName": "nightly-"}
