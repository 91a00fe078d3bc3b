"""GitHub, Google and Azure on loopback, as far as they lend tokens: statements are checked by their signatures."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.repo_server.remote.certificates import rsa_key
from tests.repo_server.remote.networks import START

APP, INSTALLATION, TENANT, CLIENT, SECRET = 17, 4711, "tenant-1", "client-1", "CANARY-SECRET"
DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798/.default"


@dataclass
class Shop:
    """Where it is, which key opens it, and what it lends: tokens of `lifetime`, numbered; `asked` lists the paths.

    `installed` are the owners that have installed the app; `now` is the shop's clock.
    """

    key: str = field(default_factory=rsa_key)
    url: str = ""
    lifetime: timedelta = timedelta(hours=1)
    installed: dict[str, int] = field(default_factory=lambda: {"/orgs/team": INSTALLATION})
    asked: list[str] = field(default_factory=list[str])
    proof: str = "proof-of-the-pod"
    now: datetime = START
    status: int = 0
    padding: int = 0

    @property
    def google_key(self) -> str:
        """The JSON key of a service account."""
        return json.dumps(
            {
                "type": "service_account",
                "client_email": "robot@example.org",
                "private_key": self.key,
                "private_key_id": "key-1",
                "token_uri": f"{self.url}/token",
            }
        )

    def token(self) -> str:
        """Return the token that was lent last."""
        return f"CANARY-TOKEN-{len([path for path in self.asked if 'installation' not in path.rsplit('/', 1)[-1]])}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the three do, in two parts, with so many spaces between them as `padding` says."""
        whole = await self._whole(request)
        assert isinstance(whole.body, bytes)
        body = whole.body
        parts = web.StreamResponse(status=whole.status, headers={"Content-Type": "application/json"})
        await parts.prepare(request)
        await parts.write(body[:1] + b" " * self.padding)
        await asyncio.sleep(0.01)
        with contextlib.suppress(ConnectionError):
            await parts.write(body[1:])
        return parts

    async def _whole(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.status:
            return web.json_response({"message": f"no: {SECRET} {self.proof}"}, status=self.status)
        if request.path.endswith("/installation"):
            return self._installation(request)
        if request.path.endswith("/access_tokens"):
            return self._github(request)
        form = dict(await request.post())
        return self._google(form) if request.path == "/token" else self._azure(request, form)

    def _installation(self, request: web.Request) -> web.Response:
        if self._claims(request.headers["Authorization"].removeprefix("Bearer ")).get("iss") != str(APP):
            return web.json_response({"message": "A JSON web token could not be decoded"}, status=401)
        found = self.installed.get(request.path.removeprefix("/api/v3").removesuffix("/installation"))
        return web.json_response({"id": found} if found else {"message": "Not Found"}, status=200 if found else 404)

    def _github(self, request: web.Request) -> web.Response:
        claims = self._claims(request.headers["Authorization"].removeprefix("Bearer "))
        lifetime = claims.get("exp", 0) - int(self.now.timestamp())
        if claims.get("iss") != str(APP) or not 0 < lifetime <= 600 or claims["iat"] > self.now.timestamp():
            return web.json_response({"message": "A JSON web token could not be decoded"}, status=401)
        if request.path.removeprefix("/api/v3") != f"/app/installations/{INSTALLATION}/access_tokens":
            return web.json_response({"message": "Not Found"}, status=404)
        until = (self.now + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
        return web.json_response({"token": self.token(), "expires_at": until}, status=201)

    def _google(self, form: dict[str, Any]) -> web.Response:
        claims = self._claims(form["assertion"])
        right = (claims.get("iss"), claims.get("aud")) == ("robot@example.org", f"{self.url}/token")
        if not right or form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return web.json_response({"error": "invalid_grant", "error_description": "Bad signature"}, status=400)
        return web.json_response({"access_token": self.token(), "expires_in": self.lifetime.total_seconds() // 1})

    def _azure(self, request: web.Request, form: dict[str, Any]) -> web.Response:
        proven = form.get("client_secret") == SECRET or form.get("client_assertion") == self.proof
        asked = (form.get("client_id"), form.get("scope"), form.get("grant_type"))
        if request.path != f"/{TENANT}/oauth2/v2.0/token" or asked != (CLIENT, DEVOPS, "client_credentials"):
            return web.json_response({"error": "invalid_request", "error_description": "AADSTS900144"}, status=400)
        if not proven:
            words = f"AADSTS7000215: Invalid client secret: {form.get('client_secret')}"
            return web.json_response({"error": "invalid_client", "error_description": words}, status=401)
        return web.json_response({"access_token": self.token(), "expires_in": str(int(self.lifetime.total_seconds()))})

    def _claims(self, statement: str) -> dict[str, Any]:
        try:
            return jwt.decode(statement, RSAKey.import_key(self.key), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return {}


@contextlib.asynccontextmanager
async def open_shop(*, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Shop]:
    """Serve a shop."""
    shop = Shop()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", shop.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        shop.url = f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"
        yield shop
    finally:
        await runner.cleanup()
