"""What is said without the API server, against what it makes of the apply: random stories, on the real control plane.

Said with nothing known, with the schema, and with the schema and what was applied last: never Same where the server
would change anything. And the more is known, the less is left to ask.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from argosy.engine import diff
from argosy.engine.diff.schema import UNREAD, Schema
from argosy.engine.model.resource import Manifest, key_of, metadata_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes.errors import Invalid
from tests.diff.conftest import Server
from tests.diff.stories import RESOURCES, Story, stories

RULES = Rules()
WITH_WEBHOOKS, NEVER = diff.Strategy(webhooks="count"), diff.Strategy("never")


def paths(verdict: diff.Verdict) -> set[str]:
    """Return the fields that differ."""
    return {change.path for change in verdict.fields} if isinstance(verdict, diff.Changed) else set()


@dataclass
class Check:
    """Stories of one kind, and how often a thing was said of how many objects that are the same."""

    server: Server
    kind: str
    same: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    reckoned_wrong: int = 0

    async def run(self, story: Story) -> None:
        """Let a story happen, and compare what is said of it."""
        resource, name = RESOURCES[self.kind], f"x{next(self.server.names)}"
        schema = await self.server.schemas.of(resource)
        assert schema is not UNREAD
        first, wanted = (self.server.manifest(self.kind, name, body) for body in (story.first, story.wanted))
        live = await self.server.cluster.apply(resource, first)
        receipt = diff.receipt(first, live)
        for edit in story.edits:
            live = await self.server.cluster.patch(resource, name, edit, namespace=self.server.namespace)
        try:
            pair, predicted = await self.asked_of(wanted, live)
        except Invalid:
            return
        self.compare(pair, predicted, schema, receipt)
        await self.server.cluster.delete(resource, name, namespace=self.server.namespace, propagation="Background")

    async def asked_of(self, wanted: Manifest, live: Manifest) -> tuple[Pair, Manifest]:
        """Return the pair and the answer to it, of one version: controllers write in between."""
        key, resource = key_of(wanted), RESOURCES[self.kind]
        while True:
            predicted = await self.server.cluster.apply(resource, wanted, dry_run=True)
            if metadata_of(predicted)["resourceVersion"] == metadata_of(live)["resourceVersion"]:
                return Pair(key, wanted, live), predicted
            live = await self.server.cluster.get(resource, key.name, namespace=key.namespace)

    def compare(self, pair: Pair, predicted: Manifest, schema: Schema, applied: str) -> None:
        """Hold what is said against the truth."""
        truth = diff.confirm(pair, predicted, RULES, schema=schema)
        # No webhook is at work here: what is taken out is what the server fills in in the wake of a change.
        whole = diff.confirm(pair, predicted, RULES, schema=schema, strategy=WITH_WEBHOOKS)
        assert type(whole) is type(truth)
        assert paths(truth) <= paths(whole)
        is_same = isinstance(truth, diff.Same)
        self.same += is_same
        for what, known in (("nothing", (UNREAD, "")), ("schema", (schema, "")), ("all", (schema, applied))):
            said = diff.compare(pair, RULES, schema=known[0], applied=known[1])
            assert is_same or not isinstance(said, diff.Same), (what, truth)
            self.asked[what] += is_same and not isinstance(said, diff.Same)
        reckoned = diff.compare(pair, RULES, schema=schema, applied=applied, strategy=NEVER)
        self.reckoned_wrong += type(reckoned) is not type(truth)


@pytest.mark.parametrize("kind", list(RESOURCES))
def test_what_is_certain_is_what_the_server_would_make_of_it(server: Server, kind: str) -> None:
    check = Check(server, kind)

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(stories(kind))
    def run(story: Story) -> None:
        server.run(lambda: check.run(story))

    run()
    assert check.same > 10
    assert check.asked["nothing"] >= check.asked["schema"] >= check.asked["all"]
    # What it takes to be sure is nearly always there; and reckoning without the server is nearly always right.
    assert check.asked["all"] * 10 <= check.same, check
    assert check.reckoned_wrong * 10 <= check.same, check
