"""The session cookie, in pieces where it is longer than a browser keeps (7.3). Called by `app` and `routes.session`."""

from collections.abc import Iterator, Mapping

NAME = "argocd.token"
_PIECE = 3900
_MOST_PIECES = 20


def headers(token: str, *, seconds: int, secure: bool) -> Iterator[str]:
    """Yield the `Set-Cookie` values that make a browser keep the token for this long; 0 makes it forget it."""
    attributes = f"; Path=/; SameSite=lax; HttpOnly; Max-Age={seconds}" + ("; Secure" if secure else "")
    pieces = [token[start : start + _PIECE] for start in range(0, len(token), _PIECE)] or [""]
    for number, piece in enumerate(pieces):
        if number == 0:
            yield f"{NAME}={piece if len(pieces) == 1 else f'{len(pieces)}:{piece}'}{attributes}"
        else:
            yield f"{NAME}-{number}={piece}{attributes}"


def read(cookies: Mapping[str, str]) -> str:
    """Return the token of the request's cookies, empty if there is none or its pieces are not all there."""
    first = cookies.get(NAME, "")
    count, colon, start = first.partition(":")
    if not colon:
        return first
    if not count.isdecimal() or not 1 <= int(count) <= _MOST_PIECES:
        return ""
    pieces = [start, *(cookies.get(f"{NAME}-{number}", "") for number in range(1, int(count)))]
    return "".join(pieces) if all(pieces) else ""
