"""Compare passwords with bcrypt hashes, off the event loop and few at a time. Called by `auth.sessions`."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import bcrypt

from api_server.errors import ResourceExhausted

# bcrypt reads no more: what differs only behind it would be taken for equal (S-022).
_LONGEST_BYTES = 72
_AT_ONCE = 2
_WAITING = 50


class Passwords:
    """Checks passwords; a check takes about a tenth of a second of one core. Must be closed."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._pending = 0
        self._decoy = bcrypt.hashpw(b"nobody", bcrypt.gensalt(10)).decode()

    async def matches(self, password: str, hashed: str) -> bool:
        """Return whether the password is the hash's; for an empty hash it takes as long, and the answer is no.

        Raises `ResourceExhausted` when too many wait.
        """
        if self._pending >= _WAITING:
            raise ResourceExhausted("too many sign-ins at once; try again in a moment")
        self._pending += 1
        try:
            loop = asyncio.get_running_loop()
            equal = await loop.run_in_executor(self._threads, _check, password, hashed or self._decoy)
        finally:
            self._pending -= 1
        return equal and bool(hashed)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _check(password: str, hashed: str) -> bool:
    encoded = password.encode("utf-8", "surrogatepass")
    try:
        equal = bcrypt.checkpw(encoded[:_LONGEST_BYTES], hashed.encode())
    except ValueError:
        return False
    return equal and len(encoded) <= _LONGEST_BYTES
