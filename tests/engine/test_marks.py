"""An object that is marked in the way of before does not differ by that; one with another mark does."""

from typing import Any

import pytest

from argosy.engine import diff, tracking
from argosy.engine.model.resource import key_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.engine.tracking import TRACKING_ID, Tracking

LABEL = tracking.DEFAULT_LABEL_KEY
PLAIN: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "n"}}


def marked(labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {**PLAIN["metadata"], "labels": labels or {}, "annotations": annotations or {}}
    return {**PLAIN, "metadata": metadata}


def differs(live: dict[str, Any], tracking_by: Tracking) -> bool:
    desired = tracking.stamp(PLAIN, "app", tracking=tracking_by, namespace="n")
    predicted = {**desired, "metadata": {**live["metadata"], **desired["metadata"]}}
    verdict = diff.confirm(Pair(key_of(PLAIN), desired, live), predicted, Rules(tracking=tracking_by))
    return isinstance(verdict, diff.Changed)


@pytest.mark.parametrize(
    ("live", "method", "expected"),
    [
        pytest.param(marked({LABEL: "app"}), "annotation", False, id="the label stands for the annotation"),
        pytest.param(marked(), "annotation", True, id="no mark at all"),
        pytest.param(
            marked({LABEL: "app"}, {TRACKING_ID: "other:/ConfigMap:n/a"}), "annotation", True, id="another mark"
        ),
        pytest.param(
            marked({LABEL: "app"}, {TRACKING_ID: "app:/ConfigMap:n/a"}), "annotation", False, id="a label too many"
        ),
        pytest.param(marked({}, {TRACKING_ID: "app:/ConfigMap:n/a"}), "label", True, id="the label is wanted"),
    ],
)
def test_3_15_after_a_change_of_the_tracking_method(live: dict[str, Any], method: Any, expected: bool) -> None:
    assert differs(live, Tracking(method)) is expected
