"""The CustomResourceDefinitions, generated from the typed models; `python -m argosy.wire.crd` writes `argosy/crds/`.

Schemas are structural. Accepted and required is what Argo CD 3.6 accepts and requires; what is unknown is pruned by the
API server.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import inspect

from argosy.engine.model.application import Application
from argosy.engine.model.application_set import ApplicationSet
from argosy.engine.model.base import Model
from argosy.engine.model.project import Project

GROUP = "argoproj.io"
VERSION = "v1alpha1"
FOLDER = Path(__file__).parent.parent / "crds"

Schema = dict[str, Any]
_FREE: Schema = {"x-kubernetes-preserve-unknown-fields": True}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """How a custom resource is named and listed; a column is (name, JSON path, priority).

    `described` puts the models' docstrings into the schema for `kubectl explain`; an ApplicationSet repeats the whole
    application in every generator, so with them it would outgrow what etcd stores in one object.
    """

    model: type[Model]
    kind: str
    plural: str
    short_names: tuple[str, ...]
    columns: tuple[tuple[str, str, int], ...] = ()
    status_subresource: bool = False
    described: bool = True


KINDS = (
    Kind(
        model=Application,
        kind="Application",
        plural="applications",
        short_names=("app", "apps"),
        columns=(
            ("Sync Status", ".status.sync.status", 0),
            ("Health Status", ".status.health.status", 0),
            ("Revision", ".status.sync.revision", 10),
            ("Project", ".spec.project", 10),
        ),
    ),
    Kind(model=Project, kind="AppProject", plural="appprojects", short_names=("appproj", "appprojs")),
    Kind(
        model=ApplicationSet,
        kind="ApplicationSet",
        plural="applicationsets",
        short_names=("appset", "appsets"),
        status_subresource=True,
        described=False,
    ),
)


def schema_of(kind: inspect.Type) -> Schema:
    """Return the structural schema of a type of the models. Raises `TypeError` for a type that CRDs cannot express."""
    if isinstance(kind, inspect.Metadata):
        if "x-kubernetes-int-or-string" in (kind.extra or {}):
            return {"x-kubernetes-int-or-string": True}
        return schema_of(kind.type) | dict(kind.extra or {})
    for known, build in _BUILDERS.items():
        if isinstance(kind, known):
            return build(kind)
    message = f"no CRD schema for {kind!r}"
    raise TypeError(message)


def _text(kind: inspect.StrType) -> Schema:
    return {"type": "string"} | ({} if kind.max_length is None else {"maxLength": kind.max_length})


def _optional(kind: inspect.UnionType) -> Schema:
    """Return the schema of the one alternative that is not None, literals of several alternatives together."""
    alternatives = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    if all(isinstance(each, inspect.LiteralType) for each in alternatives):
        values = [value for each in alternatives for value in each.values]  # type: ignore[union-attr]
        return {"type": "string", "enum": values}
    (only,) = alternatives
    return schema_of(only)


def _mapping(kind: inspect.DictType) -> Schema:
    if isinstance(kind.value_type, inspect.AnyType):
        return {"type": "object"} | _FREE
    return {"type": "object", "additionalProperties": schema_of(kind.value_type)}


def _struct(kind: inspect.StructType) -> Schema:
    fields = {field.encode_name: schema_of(field.type) for field in kind.fields}
    required = sorted(field.encode_name for field in kind.fields if field.required)
    schema: Schema = {"type": "object", "description": _sentence(kind.cls), "properties": fields}
    return schema | ({"required": required} if required else {})


def _sentence(model: type) -> str:
    return " ".join((model.__doc__ or "").split()).replace("`", "'")


_BUILDERS: Mapping[type, Callable[[Any], Schema]] = {
    inspect.BoolType: lambda _: {"type": "boolean"},
    inspect.IntType: lambda _: {"type": "integer"},
    inspect.StrType: _text,
    inspect.AnyType: lambda _: dict(_FREE),
    inspect.LiteralType: lambda kind: {"type": "string", "enum": list(kind.values)},
    inspect.UnionType: _optional,
    inspect.DictType: _mapping,
    inspect.VarTupleType: lambda kind: {"type": "array", "items": schema_of(kind.item_type)},
    inspect.StructType: _struct,
}


def _without_descriptions(schema: Any) -> Any:
    match schema:
        case {"type": "object", "description": _, **rest}:
            return _without_descriptions({"type": "object", **rest})
        case dict():
            return {key: _without_descriptions(value) for key, value in schema.items()}
        case _:
            return schema


def definition(kind: Kind) -> Schema:
    """Return the CustomResourceDefinition of a kind."""
    root = schema_of(inspect.type_info(kind.model))
    if not kind.described:
        root = _without_descriptions(root)
    root["properties"] = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
    } | root["properties"]
    root["properties"]["metadata"] = {"type": "object"}
    version: Schema = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": root},
        "subresources": {"status": {}} if kind.status_subresource else {},
        "additionalPrinterColumns": [
            {"name": name, "type": "string", "jsonPath": path} | ({"priority": priority} if priority else {})
            for name, path, priority in kind.columns
        ],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{kind.plural}.{GROUP}",
            "labels": {"app.kubernetes.io/name": f"{kind.plural}.{GROUP}", "app.kubernetes.io/part-of": "argocd"},
        },
        "spec": {
            "group": GROUP,
            "names": {
                "kind": kind.kind,
                "listKind": f"{kind.kind}List",
                "plural": kind.plural,
                "singular": kind.kind.lower(),
                "shortNames": list(kind.short_names),
            },
            "scope": "Namespaced",
            "versions": [{key: value for key, value in version.items() if value}],
        },
    }


def files() -> dict[str, str]:
    """Return what belongs into `argosy/crds/`: file name to YAML text."""
    header = "# Generated from argosy/engine/model by `python -m argosy.wire.crd`.\n"
    return {f"{kind.plural}.yaml": header + _text_of(kind) for kind in KINDS}


def _text_of(kind: Kind) -> str:
    """Return the YAML; what is not described is not read by people either, and written as densely as YAML allows."""
    flow = None if kind.described else True
    return yaml.dump(definition(kind), Dumper=yaml.CSafeDumper, sort_keys=False, width=120, default_flow_style=flow)


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text)
        sys.stdout.write(f"{name}: {len(text)} bytes\n")


if __name__ == "__main__":
    main()
