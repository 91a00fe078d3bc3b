"""The client of the REST interface: one method for each verb, one for streams, one place for what goes wrong.

Comes in: a `Connection`, paths and JSON bodies. Goes out: JSON data. Called by the commands. Paths and bodies are
Argo CD's, so it works against either.
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from argosy.cli.connection import Connection, hostname, is_loopback, resolve
from argosy.cli.errors import ApiError, NotTls, Unreachable, Untrusted
from argosy.cli.global_options import Globals

# A refresh waits for the controller; what takes longer than this is broken.
_ANSWER_SECONDS = 120.0
_CONNECT_SECONDS = 10.0

Parameters = Mapping[str, str | int | bool | list[str] | None]


class Tick:
    """Nothing happened on a stream for a while."""


class Client:
    """Asks one server; to be used in a `with` statement.

    Every method raises `ApiError` if the server refuses and `Unreachable` if it cannot be asked.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        trust = connection.trust or False
        retries = connection.retries
        authorization = {"Authorization": f"Bearer {connection.token}"} if connection.token else {}
        self._http = httpx2.Client(
            base_url=connection.url,
            headers={**connection.headers, **authorization},
            transport=httpx2.HTTPTransport(verify=trust, retries=retries) if retries else None,
            verify=trust,
            # A proxy from the environment cannot reach this machine's own loopback.
            trust_env=not is_loopback(hostname(connection.server)),
            timeout=httpx2.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, parameters: Parameters | None = None) -> Any:
        """Read."""
        return self._ask("GET", path, parameters=parameters)

    def post(self, path: str, body: Any, parameters: Parameters | None = None) -> Any:
        """Create, or start something."""
        return self._ask("POST", path, body=body, parameters=parameters)

    def put(self, path: str, body: Any, parameters: Parameters | None = None) -> Any:
        """Replace."""
        return self._ask("PUT", path, body=body, parameters=parameters)

    def delete(self, path: str, parameters: Parameters | None = None) -> Any:
        """Delete, or end something."""
        return self._ask("DELETE", path, parameters=parameters)

    def stream(self, path: str, parameters: Parameters, *, patience: float) -> Iterator[Any]:
        """Follow a stream: its results, and a `Tick` for each sign of life.

        Ends when nothing came in `patience` seconds. Reads server-sent events as well as one JSON object a line.
        """
        timeout = httpx2.Timeout(patience, connect=_CONNECT_SECONDS)
        try:
            with self._http.stream(
                "GET", path, params=_present(parameters), headers={"Accept": "text/event-stream"}, timeout=timeout
            ) as response:
                if response.is_error:
                    response.read()
                    raise _refusal(response)
                for line in response.iter_lines():
                    yield _result(line)
        except (httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.ReadError):
            return
        except httpx2.HTTPError as error:
            raise _unreachable(self.connection, error) from error

    def _ask(self, verb: str, path: str, *, body: Any = None, parameters: Parameters | None = None) -> Any:
        try:
            response = self._http.request(
                verb,
                path,
                params=_present(parameters or {}),
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                content=None if body is None else json.dumps(body).encode(),
            )
        except httpx2.HTTPError as error:
            raise _unreachable(self.connection, error) from error
        if response.is_error:
            raise _refusal(response)
        return _data(self.connection, response)


def connect(options: Globals) -> Client:
    """Make the client that the global options, the environment and the local config ask for."""
    return Client(resolve(options))


def application_path(name: str, *parts: str) -> str:
    """The path of an application, or of something in it."""
    return "/".join(["/api/v1/applications", quote(name, safe=""), *parts])


def item_path(noun: str, name: str) -> str:
    """The path of one item; a name that is a URL is percent-encoded as a whole."""
    return f"/api/v1/{noun}/{quote(name, safe='')}"


def _present(parameters: Parameters) -> list[tuple[str, str | int | float | bool | None]]:
    given: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in parameters.items():
        match value:
            case None | "":
                continue
            case bool():
                given.append((name, "true" if value else "false"))
            case list():
                given.extend((name, item) for item in value)
            case _:
                given.append((name, str(value)))
    return given


def _data(connection: Connection, response: httpx2.Response) -> Any:
    if not response.content:
        return {}
    try:
        return response.json()
    except ValueError as error:
        raise Unreachable(
            f"{response.request.url} did not answer with JSON",
            advice=f"Is {connection.url} the address of Argosy's API server?",
        ) from error


def _result(line: str) -> Any:
    """Read one line of a stream: a server-sent event's data or a bare object."""
    text = line.removeprefix("data:").strip()
    if not text.startswith("{"):
        return Tick()
    message = json.loads(text)
    if "error" in message:
        error = message["error"]
        raise ApiError(str(error.get("message", error)), status=int(error.get("http_code", 500)))
    return message.get("result", message)


def _refusal(response: httpx2.Response) -> ApiError:
    status = response.status_code
    try:
        body = response.json()
        message = str(body.get("message") or body.get("error") or "")
    except (ValueError, AttributeError):
        message = ""
    message = message or f"{response.request.url} answered {status} {response.reason_phrase}"
    advice = "Run: argosy login SERVER" if status == 401 else ""
    return ApiError(message, status=status, advice=advice)


def _unreachable(connection: Connection, error: httpx2.HTTPError) -> Unreachable:
    url = connection.url
    reason = _root(error)
    match reason:
        case ssl.SSLCertVerificationError():
            return Untrusted(
                f"the certificate of {url} is not trusted: {reason.verify_message}",
                advice="Name the authority with --server-crt FILE, or trust it unseen with --insecure.",
            )
        case ssl.SSLError() if "WRONG_VERSION_NUMBER" in str(reason) or "RECORD_LAYER" in str(reason):
            return NotTls(f"{url} does not speak TLS", advice="If that is meant, add --plaintext.")
        case _:
            pass
    if isinstance(error, httpx2.TimeoutException):
        return Unreachable(f"{url} did not answer in time", advice="Is the API server running and reachable?")
    return Unreachable(
        f"{url} cannot be reached: {_words(reason)}", advice="Is the address right, and is the API server running?"
    )


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error


def _words(reason: BaseException) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.lower()
    return str(reason) or type(reason).__name__
