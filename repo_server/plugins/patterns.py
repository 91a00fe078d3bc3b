"""Whether anything in a folder of a tree matches a glob, without putting a file on disk. Called by `discovery`.

Go's `filepath.Glob` is what `fileName` means, and mattn's zglob, which adds `**` (any number of folders, or none) and
`{a,b}`, what `find.glob` means. Only folders that the pattern leads into are read.
"""

from collections.abc import Sequence

from wcmatch import fnmatch

from repo_server.tree import Tree, join

_MAGIC = frozenset("*?[{\\")
_PLAIN = fnmatch.CASE | fnmatch.DOTMATCH
_WITH_BRACES = _PLAIN | fnmatch.BRACE


async def matches_name(tree: Tree, path: str, pattern: str) -> bool:
    """Say whether a file or folder below `path` matches, by the rules of `fileName`."""
    return await _any(tree, path, _components(pattern), flags=_PLAIN, deep=False)


async def matches_glob(tree: Tree, path: str, pattern: str) -> bool:
    """Say whether a file or folder below `path` matches, by the rules of `find.glob`."""
    return await _any(tree, path, _components(pattern), flags=_WITH_BRACES, deep=True)


def matches_path(path: str, pattern: str) -> bool:
    """Say whether a whole path matches, by the rules of Go's `filepath.Match`: no star crosses a "/"."""
    names, wanted = path.split("/"), pattern.split("/")
    return len(names) == len(wanted) and all(
        fnmatch.fnmatch(name, component, flags=_PLAIN) for name, component in zip(names, wanted, strict=True)
    )


def _components(pattern: str) -> Sequence[str]:
    return [component for component in pattern.split("/") if component not in ("", ".")]


async def _any(tree: Tree, folder: str, components: Sequence[str], *, flags: int, deep: bool) -> bool:
    """Say whether the components lead from a folder to something; `deep` is whether `**` goes down."""
    if not components:
        return True
    first, rest = components[0], components[1:]
    if deep and first == "**":
        return await _any_below(tree, folder, rest, flags=flags)
    if _MAGIC.isdisjoint(first):
        return await tree.find(join(folder, first)) is not None and await _any(
            tree, join(folder, first), rest, flags=flags, deep=deep
        )
    for name in await tree.children(folder):
        if fnmatch.fnmatch(name, first, flags=flags) and await _any(
            tree, join(folder, name), rest, flags=flags, deep=deep
        ):
            return True
    return False


async def _any_below(tree: Tree, folder: str, rest: Sequence[str], *, flags: int) -> bool:
    """Say whether the rest leads to something from the folder or any folder below it; links are not gone through."""
    if await _any(tree, folder, rest or ["*"], flags=flags, deep=True):
        return True
    async for path, node in tree.walk(folder, hidden=True):
        if node.kind == "directory" and await _any(tree, path, rest or ["*"], flags=flags, deep=True):
            return True
    return False
