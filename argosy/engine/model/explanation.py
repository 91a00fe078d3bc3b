"""Why an application is as it is: the value that the command line, the REST interface and the page show alike.

Made by `argosy.engine.explain`; values of Secrets are masked. Times are RFC 3339 or empty.
"""

from typing import Literal

from argosy.engine.model.application import Condition, HealthCode, SyncCode
from argosy.engine.model.base import Model, Time


class ExplainedField(Model, frozen=True):
    """A field that differs: `live` and `desired` are JSON texts, empty where the side does not have it.

    `manager` owns the live value by `operation` (`Apply`, `Update`), and last wrote at `since`; empty if nobody is
    noted.
    """

    path: str
    live: str = ""
    desired: str = ""
    manager: str = ""
    operation: str = ""
    subresource: str = ""
    since: Time = ""


class ExplainedObject(Model, frozen=True):
    """An object that makes its application OutOfSync, Unknown or not Healthy; `because` says how, in words.

    `fields_left_out` counts the fields that are not listed.
    """

    kind: str
    name: str
    group: str = ""
    namespace: str = ""
    sync: SyncCode | Literal[""] = ""
    health: HealthCode | Literal[""] = ""
    because: tuple[str, ...] = ()
    fields: tuple[ExplainedField, ...] = ()
    fields_left_out: int = 0


class HiddenField(Model, frozen=True):
    """A difference that a rule hides."""

    kind: str
    name: str
    field: ExplainedField
    group: str = ""
    namespace: str = ""


class HidingRule(Model, frozen=True):
    """A rule that hides differences: whose it is, how many it hides, and the first of them."""

    rule: str
    hides: int
    fields: tuple[HiddenField, ...] = ()


class Explanation(Model, frozen=True):
    """Why an application is OutOfSync, not Healthy or not syncing.

    `summary` is one sentence, `next_step` says what happens next or what a person can do. `objects_left_out` counts the
    objects that are not listed; `unasked` why it is not known what is hidden of some.
    """

    summary: str
    next_step: str
    sync: SyncCode = "Unknown"
    health: HealthCode | Literal[""] = ""
    since: Time = ""
    objects: tuple[ExplainedObject, ...] = ()
    objects_left_out: int = 0
    rules: tuple[HidingRule, ...] = ()
    unasked: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
