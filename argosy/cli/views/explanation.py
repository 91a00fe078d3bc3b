"""An explanation as text and as a table; pure."""

from collections.abc import Iterator
from typing import Any

import msgspec

from argosy.cli.printing import shortened
from argosy.engine.model.explanation import ExplainedField, ExplainedObject, Explanation, HiddenField

HEADER = ("GROUP", "KIND", "NAMESPACE", "NAME", "FIELD", "LIVE", "DESIRED", "MANAGER", "SINCE", "WHY")
_LONGEST_VALUE = 120
_WROTE = {"Apply": "applied", "Update": "updated"}


def read(document: Any) -> Explanation:
    """Return the server's answer, typed. Raises `msgspec.ValidationError`."""
    return msgspec.convert(document, Explanation, strict=False)


def lines(found: Explanation) -> Iterator[str]:
    """The explanation for a person to read, the answer first."""
    yield found.summary
    yield f"Next: {found.next_step}"
    for each in found.objects:
        yield ""
        yield f"{_name(each)}: {'; '.join(each.because)}"
        yield from (f"  {field_line(field)}" for field in each.fields)
        yield from _left_out(each.fields_left_out, "field", indent="  ")
    yield from _left_out(found.objects_left_out, "object", indent="")
    yield from _rules(found)
    if found.conditions:
        yield ""
        yield "Conditions:"
        yield from (f"  {each.type}: {each.message}" for each in found.conditions)


def rows(found: Explanation) -> list[tuple[str, ...]]:
    """The rows under `HEADER`: one for each field, and for each object without one."""
    return [row for each in found.objects for row in _object_rows(each)]


def field_line(field: ExplainedField) -> str:
    """A field with both values, and who wrote the live one when."""
    wrote = _WROTE.get(field.operation, "written")
    by = f"  ({wrote} by {field.manager}{f', {field.since}' if field.since else ''})" if field.manager else ""
    return f"{field.path}: {_value(field.live)} -> {_value(field.desired)}{by}"


def _object_rows(each: ExplainedObject) -> Iterator[tuple[str, ...]]:
    key, why = (each.group, each.kind, each.namespace, each.name), "; ".join(each.because)
    for field in each.fields:
        values = _value(field.live), _value(field.desired)
        yield (*key, field.path, *values, field.manager, field.since, why)
    if not each.fields:
        yield (*key, "", "", "", "", "", why)


def _rules(found: Explanation) -> Iterator[str]:
    if found.rules or found.unasked:
        yield ""
        yield "Hidden differences:"
    for rule in found.rules:
        yield f"  {rule.rule} ({rule.hides})"
        yield from (f"    {_name(each)} {field_line(each.field)}" for each in rule.fields)
        yield from _left_out(rule.hides - len(rule.fields), "field", indent="    ")
    yield from (f"  not known of some objects: {each}" for each in found.unasked)


def _name(each: ExplainedObject | HiddenField) -> str:
    where = f"{each.namespace}/" if each.namespace else ""
    return f"{each.group}/{each.kind} {where}{each.name}".removeprefix("/")


def _left_out(count: int, what: str, *, indent: str) -> Iterator[str]:
    if count > 0:
        yield f"{indent}and {count} more {what}{'' if count == 1 else 's'}"


def _value(text: str) -> str:
    return shortened(text, _LONGEST_VALUE) if text else "(nothing)"
