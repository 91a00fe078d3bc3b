"""Answers as Argo CD's clients expect them: JSON, and for a refusal `{"error", "code", "message"}` (7.7)."""

from typing import Any

import msgspec
from fastapi import Response

from api_server.errors import ApiError


def sent(body: bytes, status: int = 200) -> Response:
    """Return JSON that is encoded already."""
    return Response(body, status, media_type="application/json")


def encoded(value: Any) -> Response:
    """Return a value as JSON."""
    return sent(msgspec.json.encode(value))


def refusal(error: ApiError) -> Response:
    """Return an error."""
    text = str(error)
    return sent(msgspec.json.encode({"error": text, "code": error.code, "message": text}), error.status)
