"""Which folders of a repository could be applications, and what would render them. Argo CD 2.2. Called by `service`."""

from argosy.wire.repo_server import AppPath, ToolSettings
from repo_server.render import detect
from repo_server.tree import Tree, parent


async def paths(tree: Tree, settings: ToolSettings) -> tuple[AppPath, ...]:
    """Return the folders that a tool would be chosen for, by path ("." is the root); plain folders are not among them.

    Raises `Refused` for a repository with more entries than are walked.
    """
    found: dict[str, AppPath] = {}
    async for path, node in tree.walk("", hidden=settings.hidden_directories):
        kind = detect.by_files([path.rpartition("/")[2]], settings) if node.kind in ("file", "link") else "Directory"
        folder = parent(path) or "."
        if kind != "Directory" and (folder not in found or kind == "Helm"):
            found[folder] = AppPath(path=folder, source_type=kind)
    return tuple(found[folder] for folder in sorted(found))
