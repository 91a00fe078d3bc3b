"""An object that the API server shows in two groups is compared once, in the one that is wanted (3.25)."""

from dataclasses import dataclass
from typing import Any

import pytest

from app_controller import compare
from argosy.engine.model.resource import ResourceKey
from argosy.engine.packed import pack
from argosy.engine.targets import Targets

OLD = ResourceKey("extensions", "Ingress", "n", "web")
NEW = ResourceKey("networking.k8s.io", "Ingress", "n", "web")


@dataclass
class Seen:
    key: ResourceKey
    uid: str


@pytest.mark.parametrize(
    ("wanted", "uid", "twin"), [([NEW], "one", True), ([NEW], "two", False), ([], "one", False), ([OLD], "one", False)]
)
def test_3_25_a_twin_is_known_by_its_uid(wanted: list[ResourceKey], uid: str, twin: bool) -> None:
    held = {OLD: Seen(OLD, "one"), NEW: Seen(NEW, uid)}
    cache: Any = held
    live: Any = held[OLD]
    assert compare._is_twin(live, Targets({key: pack({}) for key in wanted}), cache) is twin
