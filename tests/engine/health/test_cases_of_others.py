"""The catalogue against example cases made by others, where they are at hand: object in, status and message out.

The cases ask a kind's check at once. We ask it after looking whether the object is being deleted (line 5.1), so that
the few cases of such objects are put to the check itself.
"""

from pathlib import Path

import pytest
import yaml

from argosy.engine import health
from argosy.engine.health import catalogue
from argosy.engine.model.resource import Manifest, key_of

_CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
_FILES = sorted([*(_CASES / "health").rglob("*.yaml"), *(_CASES / "health-builtin").glob("*.yaml")])

pytestmark = pytest.mark.skipif(not _FILES, reason="the example cases are not beside this checkout")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_CASES).with_suffix("")))
def test_an_object_is_judged_as_others_judge_it(path: Path) -> None:
    """Status and message are those of the case; without a message in the case any will do."""
    case = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    found = judged(case["object"])
    assert found is not None
    expected = case["expect"]
    assert found == (expected["status"], expected.get("message", found.message))


def judged(manifest: Manifest) -> health.Health | None:
    found = health.assess(manifest, health.Policy(generic=False))
    check = catalogue.check_for(key_of(manifest).group_kind)
    return check(manifest) if check and found == ("Progressing", "Pending deletion") else found
