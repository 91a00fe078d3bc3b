"""A kustomization and everything that it reaches inside the repository -> its manifests. Argo CD 2.30 to 2.36.

What Kustomize may read is handed to it: every text of a kustomization that names a file or folder of the repository is
taken for a reference to it. That is a little more than Kustomize reads, and never less, whichever field names it. What
leads out of the repository is not handed over, so that Kustomize says itself what it misses.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from argosy.engine import rendered
from argosy.engine.model.source import KustomizeOptions
from argosy.gateways.tools.port import File, KustomizeRequest, ReadFile, UnreadableFile
from repo_server.errors import Refused
from repo_server.render.detect import KUSTOMIZATIONS
from repo_server.render.environment import Variables
from repo_server.render.job import Job, Product, encoded, written
from repo_server.tree import Entry, join, parent, resolve

_MOST_FOLDERS = 1000
_LONGEST_REFERENCE = 1024
_PLUGIN_FIELDS = ("generators", "transformers", "validators")


async def render(job: Job) -> Product:
    """Build the kustomization of the application's folder. Raises `Refused`, `Stuck` or a `ToolError`."""
    options = _substituted(job.source.kustomize or KustomizeOptions(), job.variables)
    files = await _Reach(job).files(options)
    request = KustomizeRequest(files=files, directory=job.path, options=options)
    documents = await job.tools.kustomize(request)
    return Product(source_type="Kustomize", manifests=encoded(rendered.manifests_of(written(documents))))


def _substituted(options: KustomizeOptions, variables: Variables) -> KustomizeOptions:
    annotations = options.common_annotations
    if options.common_annotations_envsubst:
        annotations = {name: variables.substitute(value) for name, value in annotations.items()}
    images = tuple(variables.substitute(image) for image in options.images)
    return msgspec.structs.replace(options, common_annotations=annotations, images=images)


class _Reach:
    """Collects the files that a kustomization reaches, folder by folder."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._files: dict[str, bytes] = {}
        self._folders: set[str] = set()
        self._waiting: list[str] = []

    async def files(self, options: KustomizeOptions) -> tuple[File, ...]:
        """Return the files reached from the application's folder, and those that the options name."""
        self._waiting.append(self._job.path)
        await self._take(self._job.path, [*options.components, *(patch.path for patch in options.patches)])
        while self._waiting:
            folder = self._waiting.pop()
            if folder not in self._folders:
                self._folders.add(folder)
                if len(self._folders) > _MOST_FOLDERS:
                    raise Refused("limit_exceeded", f"the kustomization reaches more than {_MOST_FOLDERS:,} folders")
                await self._visit(folder)
        return tuple(File(path=path, content=content) for path, content in sorted(self._files.items()))

    async def _visit(self, folder: str) -> None:
        for name in KUSTOMIZATIONS:
            if await self._job.tree.find(join(folder, name)) is not None:
                document = await self._document(join(folder, name))
                await self._take(folder, _texts(document))
                await self._take_plugins(folder, document)

    async def _take(self, folder: str, references: Iterable[str]) -> list[str]:
        """Take the files that are referred to from a folder, and note the folders; return the files' paths."""
        found = [entry for reference in references if (entry := await self._find(folder, reference))]
        self._waiting += [entry.path for entry in found if entry.node.kind == "directory"]
        paths = [entry.path for entry in found if entry.node.kind == "file"]
        await self._read([path for path in paths if path not in self._files])
        return paths

    async def _take_plugins(self, folder: str, document: Mapping[str, Any]) -> None:
        """Take what the configurations of generators and transformers, files of their own, refer to in turn."""
        references = [text for field in _PLUGIN_FIELDS for text in _texts(document.get(field))]
        for path in await self._take(folder, references):
            await self._take(parent(path), _texts(await self._document(path)))

    async def _find(self, folder: str, reference: str) -> Entry | None:
        path = resolve(folder, reference) if reference and len(reference) <= _LONGEST_REFERENCE else None
        entry = await self._job.tree.find(path) if path is not None else None
        if entry is not None and entry.node.kind == "submodule":
            raise Refused("path_not_found", f"{entry.path!r} is a submodule; submodules are not fetched yet")
        return entry

    async def _read(self, paths: Sequence[str]) -> None:
        left = self._job.limits.tool_bytes - sum(map(len, self._files.values()))
        self._files |= await self._job.tree.read(dict.fromkeys(paths), limit=max(left, 0))

    async def _document(self, path: str) -> Mapping[str, Any]:
        await self._read([path])
        (answer,) = await self._job.tools.yaml([File(path=path, content=self._files[path])])
        match answer:
            case ReadFile(documents=documents):
                return documents[0].manifest if documents else {}
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{path}, line {line}: {message}")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, and what follows a "=" in it: generators write `name=path`."""
    match value:
        case str():
            yield value
            yield value.partition("=")[2]
        case Mapping():
            for member in value.values():
                yield from _texts(member)
        case list() | tuple():
            for member in value:
                yield from _texts(member)
        case _:
            pass
