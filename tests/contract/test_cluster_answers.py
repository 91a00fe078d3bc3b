"""Refusals become typed errors that keep the API server's words: pure translation, every status."""

import orjson
import pytest

from argosy.gateways.kubernetes import answers, errors, requests
from argosy.gateways.kubernetes.port import ApiResource

PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=frozenset())
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=frozenset())
REQUEST = requests.get(PODS, "web", namespace="shop")

TABLE = {
    400: errors.Invalid,
    401: errors.Unauthorized,
    402: errors.ClusterError,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.Invalid,
    406: errors.Invalid,
    408: errors.Unreachable,
    409: errors.Conflict,
    410: errors.Gone,
    413: errors.Invalid,
    415: errors.Invalid,
    422: errors.Invalid,
    429: errors.TooManyRequests,
    **dict.fromkeys(range(300, 309), errors.Unreachable),
    **dict.fromkeys(range(500, 600), errors.Unreachable),
}


def refuse(code, body=b"", *, headers=None, request=REQUEST):
    return answers.error_for(code, body, request=request, server="https://there", headers=headers or {})


def status(**fields):
    return orjson.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", **fields})


@pytest.mark.parametrize(("code", "expected"), TABLE.items())
def test_each_status_has_its_error(code, expected):
    error = refuse(code, status(message="because", code=code))
    assert type(error) is expected
    assert str(error).startswith("get pods shop/web on https://there: because")


@pytest.mark.parametrize("code", [number for number in range(400, 500) if number not in TABLE])
def test_other_refusals_are_told_as_they_are(code):
    assert type(refuse(code)) is errors.ClusterError
    assert str(refuse(code)).endswith(f": HTTP {code}")


def test_every_error_of_the_port_that_an_answer_can_mean_is_in_the_table():
    meant_elsewhere = {
        errors.AlreadyExists,  # 409 with a reason
        errors.LeaseLost,
        errors.InvalidConnection,
    }
    declared = {each for each in vars(errors).values() if isinstance(each, type) and each.__module__ == errors.__name__}
    assert declared - meant_elsewhere == set(TABLE.values())


def test_a_conflict_on_create_already_exists():
    assert type(refuse(409, status(reason="AlreadyExists"))) is errors.AlreadyExists
    assert type(refuse(409, status(reason="Conflict"))) is errors.Conflict


def test_an_apply_that_the_server_cannot_type_is_invalid_although_it_says_500():
    words = "failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.x: field not declared"
    assert type(refuse(500, status(message=words))) is errors.Invalid


@pytest.mark.parametrize(
    ("headers", "details", "seconds"),
    [
        ({"Retry-After": "7"}, {}, 7.0),
        ({}, {"retryAfterSeconds": 3}, 3.0),
        ({"Retry-After": "7"}, {"retryAfterSeconds": 3}, 7.0),
        ({}, {}, 1.0),
        ({"Retry-After": "0"}, {}, 1.0),
        ({"Retry-After": "-5"}, {}, 1.0),
        ({"Retry-After": "soon"}, {}, 1.0),
        ({"Retry-After": "99999999"}, {}, 300.0),
    ],
)
def test_a_server_says_when_to_try_again(headers, details, seconds):
    error = refuse(429, status(message="slow down", details=details), headers=headers)
    assert isinstance(error, errors.TooManyRequests)
    assert error.after == seconds


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[1]", b'{"message": 5', b"\xff\xfe", b"null"])
def test_a_body_that_is_no_status_does_no_harm(body):
    assert type(refuse(503, body)) is errors.Unreachable


def test_a_long_answer_is_cut():
    assert len(str(refuse(400, b"x" * 100_000))) < 3_000


def test_a_redirect_is_named():
    assert "redirects (HTTP 302): check the address" in str(refuse(302))


def test_a_watch_error_is_translated_like_an_answer():
    def ended(**fields):
        return answers.watch_error(status(**fields), request=REQUEST, server="https://there")

    assert type(ended(code=410, reason="Expired")) is errors.Gone
    assert type(ended(code=403, reason="Forbidden")) is errors.Forbidden
    assert type(ended()) is errors.Unreachable


def test_the_words_about_a_secret_are_kept_only_if_they_cannot_quote_it():
    about = requests.get(SECRETS, "s", namespace="shop")
    quoted = status(
        message='data[a]: Invalid value: "hunter2"',
        reason="Invalid",
        details={
            "causes": [{"field": "data[a]", "reason": "FieldValueInvalid", "message": 'Invalid value: "hunter2"'}]
        },
    )
    text = str(refuse(422, quoted, request=about))
    assert "hunter2" not in text
    assert "data[a]: FieldValueInvalid" in text
    assert "not shown" in str(refuse(400, b"hunter2", request=about))
    forbidden = status(message='User "x" cannot get secrets', reason="Forbidden")
    assert 'User "x" cannot get secrets' in str(refuse(403, forbidden, request=about))
