"""YAML as Kubernetes reads and writes it: the one table of scalar rules, used in both directions.

Comes in: text that a person wrote, or plain JSON data. Goes out: JSON data, or text that Kubernetes, Argo CD and
ordinary YAML readers all read back as the same data. Called by the command line and by whoever shows YAML to people;
manifests that are to be applied are read by the tool worker instead.

The rules are those of `sigs.k8s.io/yaml` (a YAML 1.1 reader with Go's number syntax): `y` and `on` are booleans, `1e3`
and `0o7` are numbers, `1:30` and `2001-01-01` are strings.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INFINITIES = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LARGEST_INTEGER = 2**64 - 1
_SMALLEST_INTEGER = -(2**63)
_NEVER_FOLD = 2**31 - 1

_TEXT_TAG = "tag:yaml.org,2002:str"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class YamlError(ValueError):
    """Text is not YAML; the message names the line and column, both counted from one."""


def load_all(text: str) -> list[Any]:
    """Read every document of a YAML (or JSON) text; empty documents are left out.

    Raises `YamlError`. Later duplicate keys win, unknown tags are ignored, keys become strings: as Kubernetes reads.
    """
    try:
        documents = list(_documents(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{where}{error.problem or error.context or 'not YAML'}") from error
    except yaml.YAMLError as error:
        raise YamlError(str(error)) from error
    return [document for document in documents if document is not None]


def dump(data: Any) -> str:
    """Write JSON data as one YAML document with sorted keys, ending in a newline."""
    return yaml.dump(
        data, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, width=_NEVER_FOLD, sort_keys=True
    )


def dump_all(documents: list[Any]) -> str:
    """Write documents one after another, each opened by `---`."""
    return "".join(f"---\n{dump(document)}" for document in documents)


def _documents(text: str) -> Iterator[Any]:
    loader = _Loader(text)
    try:
        while loader.check_data():
            yield loader.get_data()
    finally:
        loader.dispose()


def scalar(text: str) -> str | bool | float | None:
    """Say what Kubernetes makes of an unquoted scalar."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INFINITIES.fullmatch(text):
        return float(text.replace(".", "", 1))
    return _number(text)


def _number(text: str) -> str | float:
    if not text[:1].isascii() or text[:1] not in "+-.0123456789":
        return text
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        number = _integer(digits)
        if _SMALLEST_INTEGER <= number <= _LARGEST_INTEGER:
            return number
    if not _FLOAT.fullmatch(digits):
        return text
    value = float(digits)
    # Through JSON, Kubernetes sees 1.0 and 1e3 as integers.
    return int(value) if value.is_integer() and abs(value) <= _LARGEST_INTEGER else value


def _integer(digits: str) -> int:
    sign, magnitude = ("-", digits[1:]) if digits[0] == "-" else ("", digits.removeprefix("+"))
    octal = len(magnitude) > 1 and magnitude[0] == "0" and magnitude[1].isdigit()
    return int(sign + (f"0o{magnitude[1:]}" if octal else magnitude), 0)


class _Loader(yaml.CSafeLoader):
    """Resolves plain scalars by `scalar`; every other tag by the shape of the node."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            if not implicit[0]:
                return _TEXT_TAG
            return _MERGE_TAG if value == "<<" else _PLAIN_TAG
        return super().resolve(kind, value, implicit)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return {_key(name): value for name, value in super().construct_mapping(node, deep=deep).items()}


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that Kubernetes or a YAML 1.1 reader would take for something else."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        tag = super().resolve(kind, value, implicit)
        if kind is yaml.ScalarNode and tag == _TEXT_TAG and implicit[0] and not isinstance(scalar(value), str):
            return _PLAIN_TAG
        return tag

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


_PLAIN_TAG = "tag:argosy,plain"


def _key(name: Any) -> str:
    match name:
        case str():
            return name
        case bool():
            return "true" if name else "false"
        case None:
            return "null"
        case _:
            return str(name)


def _construct_plain(loader: _Loader, node: yaml.ScalarNode) -> Any:
    del loader
    value = scalar(node.value)
    if isinstance(value, float) and not math.isfinite(value):
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is not a number that JSON has", node.start_mark
        )
    return value


def _construct_any(loader: _Loader, node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case _:
            raise yaml.constructor.ConstructorError(None, None, f"unknown node {node.tag}", node.start_mark)


def _represent_text(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(_TEXT_TAG, text, style="|" if "\n" in text else None)


_Loader.add_constructor(_PLAIN_TAG, _construct_plain)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct_any)
_Loader.add_constructor(None, _construct_any)  # pyright: ignore[reportArgumentType]  (None stands for unknown tags)
_Dumper.add_representer(str, _represent_text)
