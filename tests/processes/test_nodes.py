"""What is shown of live objects is made once for each version, and holds nothing that Secrets hold: 3.40."""

import base64
from typing import Any, cast

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app_controller.answers import Answers
from app_controller.nodes import Painter, Terms
from argosy.engine.health import Policy
from argosy.engine.managed import LAST_APPLIED
from argosy.engine.model.resource import Manifest
from argosy.engine.tree import Shown
from argosy.engine.tree.links import PREFIX
from argosy.gateways.clock import SystemClock
from tests.engine.living import Thing, made

UNASKED = Answers(cast("Any", None), SystemClock())
VALUES = st.text("abcdefgh", min_size=9)


class Counted(Thing):
    """A live object that notes how often it is decoded."""

    decoded = 0

    def manifest(self) -> Manifest:
        Counted.decoded += 1
        return super().manifest()


def painter(*masked: str, shown: Shown | None = None) -> Painter:
    return Painter(Terms(shown or Shown(), Policy(), masked), UNASKED)


def test_an_object_is_decoded_once_for_each_version() -> None:
    Counted.decoded = 0
    paint, thing, successor = painter(), Counted(made("Pod", "p")), Counted(made("Pod", "p"))
    for _ in range(3):
        paint.describe(thing)
        paint.describe(thing)
        paint.load(thing)
        paint.turn()
    assert Counted.decoded == 1
    paint.describe(successor)
    assert Counted.decoded == 2


async def test_nobody_is_asked_where_there_are_no_scripts() -> None:
    paint = painter()
    paint.describe(Thing(made("Pod", "p")))
    assert await paint.judge() == {}


@given(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), VALUES, st.sampled_from(["Secret", "secret"]))
def test_3_40_no_value_of_a_secret_is_shown_in_a_tree(values: dict[str, str], note: str, kind: str) -> None:
    content = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    annotations = {
        f"{PREFIX}token": f"Open|https://x.example/{note}",
        "argocd.argoproj.io/managed-by-url": f"https://x.example/{note}",
        "team/token": note,
        LAST_APPLIED: str(content),
    }
    secret = made("Secret", "s", metadata={"annotations": annotations}, data=content, stringData=values, status=content)
    shown = painter(*annotations, shown=Shown(labels=(kind,))).describe(Thing(secret))
    told = msgspec.json.encode(shown.node).decode()
    assert not [value for value in (*values.values(), *content.values(), note) if value in told]
