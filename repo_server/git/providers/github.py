"""GitHub Apps: a statement signed with the app's key buys a token of one installation, good for an hour.

Which installation, where the entry names none, is asked by the owner of the repository: an organisation or a person.
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from repo_server.errors import Refused
from repo_server.git.credentials import PLACEHOLDER, GitHubApp, Password
from repo_server.git.providers.exchange import Exchange, Question, number, text
from repo_server.git.providers.lent import Lent
from repo_server.git.providers.signing import UnusableKey, signed

# GitHub's clock may be behind ours, and it takes no statement that is good for more than ten minutes.
_ALREADY = timedelta(seconds=60)
_LIFETIME = timedelta(minutes=9)
_CORRECT = "githubAppID, githubAppInstallationID, githubAppPrivateKey or githubAppEnterpriseBaseUrl"


async def buy(app: GitHubApp, exchange: Exchange, *, now: datetime) -> Lent:
    """Return the token of the app's installation. Raises `Refused`."""
    statement = _statement(app, exchange, now)
    installation = app.installation or await _installation(app, exchange, statement)
    question = Question(
        url=f"{app.api}/app/installations/{installation}/access_tokens", correct=_CORRECT, bearer=statement
    )
    body = await exchange.ask(question)
    token, until = text(body, "token"), _time(text(body, "expires_at"))
    if not token or until is None:
        raise exchange.refused(question, "answered without a token")
    # Sent unasked: GitHub would only ask for it, at the price of one more request each time.
    return Lent(credential=Password(username=PLACEHOLDER, password=token, unasked=True), until=until)


async def _installation(app: GitHubApp, exchange: Exchange, statement: str) -> int:
    owner = quote(app.owner, safe="")
    for kind in ("orgs", "users"):
        question = Question(
            url=f"{app.api}/{kind}/{owner}/installation", correct=_CORRECT, bearer=statement, method="GET"
        )
        reply = await exchange.try_asking(question)
        if reply.status != 404 and (found := number(reply.body, "id")):
            return found
    raise Refused(
        "access_denied",
        f"repository {exchange.access.address.url}: the GitHub App {app.app} is not installed for {app.owner!r}; "
        "install it there, or set githubAppInstallationID in the repository's entry",
    )


def _statement(app: GitHubApp, exchange: Exchange, now: datetime) -> str:
    claims = {
        "iss": str(app.app),
        "iat": int((now - _ALREADY).timestamp()),
        "exp": int((now + _LIFETIME).timestamp()),
    }
    try:
        return signed(claims, private_key=app.private_key)
    except UnusableKey as error:
        raise Refused(
            "access_denied",
            f"repository {exchange.access.address.url}: githubAppPrivateKey in its entry is no RSA private key in PEM "
            f"({error})",
        ) from error


def _time(written: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
