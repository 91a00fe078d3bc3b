"""How a comparison is made, as Argo CD's users choose it (3.1 to 3.4, 3.18): they select between the same answers.

The usual way asks the API server about everything that is not certain. `ServerSideDiff=true` asks for just that.
`ServerSideDiff=false` asks for a comparison without the server: it is made from the kind's schema where that is known.
"""

from dataclasses import dataclass
from typing import Literal

from argosy.engine import options
from argosy.engine.model.resource import Manifest


@dataclass(frozen=True, slots=True)
class Strategy:
    """Whether the API server confirms differences, and whether what its webhooks change is a difference."""

    server: Literal["confirms", "never"] = "confirms"
    webhooks: Literal["stripped", "count"] = "stripped"


USUAL = Strategy()


def chosen(application: Manifest) -> Strategy:
    """Return the strategy that the application's annotation chooses.

    The setting `controller.diff.server.side` selects what is usual here, and so needs no looking at.
    """
    never = options.has_compare_option(application, "ServerSideDiff=false")
    count = options.has_compare_option(application, "IncludeMutationWebhook=true")
    return Strategy("never" if never else "confirms", "count" if count else "stripped")
