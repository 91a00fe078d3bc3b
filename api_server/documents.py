"""The OpenAPI document: the shapes of bodies and answers come from the same models as the CustomResourceDefinitions."""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_REFERENCE = "#/components/schemas/{name}"

_models: dict[str, type] = {}


def both(request: type, response: type) -> dict[str, Any]:
    """Describe an operation that takes one model and answers with another."""
    return {**takes(request), **answers(response)}


def takes(request: type) -> dict[str, Any]:
    """Describe an operation that takes a model and answers with nothing in particular."""
    return {"requestBody": _body(_reference(request))}


def takes_text() -> dict[str, Any]:
    """Describe an operation that takes a JSON text and answers with nothing in particular."""
    return {"requestBody": _body({"type": "string"})}


def answers(response: type) -> dict[str, Any]:
    """Describe an operation that answers with a model."""
    return _ok(_reference(response))


def answers_list(item: type) -> dict[str, Any]:
    """Describe an operation that answers with a list of a model, and the resource version of the list."""
    metadata = {"type": "object", "properties": {"resourceVersion": {"type": "string"}}}
    items = {"type": "array", "items": _reference(item)}
    return _ok({"type": "object", "properties": {"metadata": metadata, "items": items}})


def serve(app: FastAPI) -> None:
    """Have the application make its document once, when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, schemas = msgspec.json.schema_components(tuple(_models.values()), ref_template=_REFERENCE)
    components = document.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **schemas}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["security"] = [{"bearer": []}]
    return document


def _reference(model: type) -> dict[str, Any]:
    _models[model.__name__] = model
    return {"$ref": _REFERENCE.format(name=model.__name__)}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _ok(schema: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "A successful response.", "content": content}}}
