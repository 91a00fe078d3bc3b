"""Whether a plugin is for a folder. Argo CD 2.39: `fileName`, then `find.glob`, then `find.command`.

Called by `plugins`. Names are matched in the tree, without a file on disk. A command sees the application's folder and
nothing above it, and is not told the revision: so its answer, like a glob's, holds for every commit in which the folder
is the same, and thousands of applications cost one answer each.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from repo_server.plugins import patterns
from repo_server.plugins.definition import Plugin
from repo_server.recent import Recent
from repo_server.render.environment import without_revision
from repo_server.tree import Tree

_REMEMBERED = 20_000

Environment = Mapping[str, str]
Run = Callable[[Plugin, Tree, str, Environment], Awaitable[bool]]
"""Runs the `find.command` of a plugin in a folder of a tree; true if it says yes."""


class Discovery:
    """Answers and remembers."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._answers: Recent[bytes, bool] = Recent(most=_REMEMBERED)

    async def is_for(self, plugin: Plugin, tree: Tree, path: str, environment: Environment) -> bool:
        """Say whether a plugin with a discovery rule is for a folder. Raises `Refused`.

        `environment` is what its command would be told, and empty for other rules.
        """
        looked_at = tree.unread()
        folder = await looked_at.demand(path, kind="directory")
        told = without_revision(environment)
        by_command = plugin.spec.discover.by_command
        key = _key(plugin.fingerprint, tree.apart, folder.node.identity, path if by_command else "", told)
        if (known := self._answers.get(key)) is not None:
            return known
        answer = await self._ask(plugin, looked_at, path, told)
        if not looked_at.record.linked:  # else it may hang on what is outside of the folder
            self._answers.put(key, answer)
        return answer

    async def _ask(self, plugin: Plugin, tree: Tree, path: str, environment: Environment) -> bool:
        rule = plugin.spec.discover
        if rule.file_name:
            return await patterns.matches_name(tree, path, rule.file_name)
        if rule.find.glob:
            return await patterns.matches_glob(tree, path, rule.find.glob)
        return await self._run(plugin, tree, path, environment)


def _key(*parts: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).digest()
