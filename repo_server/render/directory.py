"""A folder of YAML and JSON files -> its manifests. Argo CD 2.7 to 2.12."""

import re
from collections.abc import Mapping

from argosy.engine import globs, rendered
from argosy.engine.model.source import DirectoryOptions
from argosy.gateways.tools.port import Document, File, ReadFile, UnreadableFile, YamlFile
from repo_server.errors import Refused
from repo_server.render.job import Job, Product, encoded, written
from repo_server.tree import Node, join

_MANIFEST = re.compile(r".*\.(yaml|yml|json|jsonnet)", re.DOTALL)
_SKIP = b"+argocd:skip-file-rendering"
_MANIFEST_KEYS = (b"apiVersion:", b"kind:", b"metadata:")


async def render(job: Job) -> Product:
    """Read the files that the options select. Raises `Refused`, `Stuck` or a `ToolError`."""
    options = job.source.directory or DirectoryOptions()
    paths = await _selected(job, options)
    contents = await job.tree.read([join(job.path, path) for path in paths], limit=job.limits.directory_bytes)
    files = [File(path=path, content=content) for path, content in contents.items() if _SKIP not in content]
    _refuse_jsonnet(files)
    documents: list[Document] = []
    for answer in await job.tools.yaml(files):
        documents += _documents(answer, contents)
    return Product(source_type="Directory", manifests=encoded(rendered.manifests_among(written(documents))))


async def _selected(job: Job, options: DirectoryOptions) -> list[str]:
    """Return the files to read, relative to the application's folder, in the order of their names."""
    if options.recurse:
        found = {path.removeprefix(f"{job.path}/"): node async for path, node in job.tree.walk(job.path, hidden=False)}
    else:
        found = dict(await job.tree.children(job.path))
    return sorted([path for path, node in found.items() if _wanted(path, options) and await _is_file(job, path, node)])


def _wanted(path: str, options: DirectoryOptions) -> bool:
    if options.exclude and globs.matches(options.exclude, path):
        return False
    if options.include and not globs.matches(options.include, path):
        return False
    return options.disable_extension_filter or _MANIFEST.fullmatch(path) is not None


async def _is_file(job: Job, path: str, node: Node) -> bool:
    """Say whether a path leads to a file; folders behind symbolic links are not entered, as in Argo CD."""
    if node.kind == "link":
        entry = await job.tree.find(join(job.path, path))
        # A link to nothing stays in, so that reading it says so.
        return entry is None or entry.node.kind == "file"
    return node.kind == "file"


def _refuse_jsonnet(files: list[File]) -> None:
    for file in files:
        if file.path.endswith(".jsonnet"):
            raise Refused(
                "render_failed", f"{file.path}: Jsonnet is not rendered yet; leave the file out with directory.exclude"
            )


def _documents(answer: YamlFile, contents: Mapping[str, bytes]) -> tuple[Document, ...]:
    match answer:
        case ReadFile(documents=documents):
            return documents
        case UnreadableFile(path=path) if _is_unrelated(answer, contents[path]):
            return ()
        case UnreadableFile(path=path, document=document, line=line, message=message):
            raise Refused("render_failed", f"{path}, document {document}, line {line}: {message}")


def _is_unrelated(answer: UnreadableFile, content: bytes) -> bool:
    """Say whether a broken file is none of ours: "an unrelated YAML file which we will ignore" (Argo CD)."""
    return (
        answer.document <= 1 and not answer.path.endswith(".json") and not all(key in content for key in _MANIFEST_KEYS)
    )
