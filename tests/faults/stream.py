"""Pass the events of one watch on, with what the rules do to them. Called by `proxy` for each watch."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson

from tests.faults import script as faults
from tests.faults.script import Rule, Seen

Write = Callable[[bytes], Awaitable[None]]


class Severed(Exception):
    """The connection is to be cut."""


class Pump:
    """One watch: `rules` are asked anew for each event, and whenever `news` says that they changed."""

    def __init__(self, seen: Seen, rules: Callable[[], list[Rule]], news: asyncio.Condition, write: Write) -> None:
        self._seen = seen
        self._rules = rules
        self._news = news
        self._write = write
        self._passed = 0
        self._first: bytes | None = None
        self._held: bytes | None = None

    async def run(self, lines: AsyncIterator[bytes]) -> None:
        """Pass lines on until they end or a rule ends the watch. Raises `Severed`."""
        coming = asyncio.ensure_future(anext(lines, b""))
        try:
            while not await self._is_ended():
                news = asyncio.ensure_future(self._wait_for_news())
                await asyncio.wait({coming, news}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                with suppress(asyncio.CancelledError):
                    await news
                if not coming.done():
                    continue
                line = coming.result()
                if not line:
                    break
                if await self._is_ended():
                    break
                await self._pass_on(line)
                coming = asyncio.ensure_future(anext(lines, b""))
        finally:
            coming.cancel()

    async def _wait_for_news(self) -> None:
        async with self._news:
            await self._news.wait()

    async def _is_ended(self) -> bool:
        """Obey the rules that concern the whole watch; say whether it is over."""
        for rule in self._rules():
            match rule.fault:
                case faults.Hold() if rule.strikes(self._seen):
                    await rule.lifted.wait()
                case faults.Cut() if rule.strikes(self._seen):
                    await self._write(b'{"type":"ADD')
                    raise Severed
                case faults.BreakWatch(code=code, reason=reason) if rule.strikes(self._seen):
                    status = {"kind": "Status", "code": code, "reason": reason, "message": "scripted by the test"}
                    await self._write(orjson.dumps({"type": "ERROR", "object": status}) + b"\n")
                    return True
                case faults.EndWatch(after=after) if self._passed >= after and rule.strikes(self._seen):
                    return True
        return False

    async def _pass_on(self, line: bytes) -> None:
        event = orjson.loads(line)
        written = [line]
        for rule in self._rules():
            if rule.in_force and rule.on.fits(self._seen):
                written = self._changed(rule, event, written)
        for each in written:
            await self._write(each)
        if event["type"] != "BOOKMARK":
            self._first = self._first or line
            self._passed += 1

    def _changed(self, rule: Rule, event: Any, written: list[bytes]) -> list[bytes]:
        bookmark = event["type"] == "BOOKMARK"
        match rule.fault:
            case faults.LoseEvents(bookmarks=True) if bookmark:
                return []
            case _ if bookmark:
                return written
            case faults.LoseEvents(name=name) if name in ("", event["object"]["metadata"].get("name")):
                rule.hits += 1
                return []
            case faults.RepeatEvents():
                rule.hits += 1
                return written * 2
            case faults.ReplayEvents() if self._first is not None:
                rule.hits += 1
                return [*written, self._first]
            case faults.SwapEvents():
                return self._swapped(rule, written)
        return written

    def _swapped(self, rule: Rule, written: list[bytes]) -> list[bytes]:
        if self._held is None:
            self._held = b"".join(written)
            return []
        held, self._held = self._held, None
        rule.hits += 1
        return [*written, held]
