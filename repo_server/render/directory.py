"""A folder of YAML, JSON and Jsonnet files -> its manifests. Argo CD 2.7 to 2.13."""

from collections.abc import Mapping, Sequence

from argosy.engine import rendered
from argosy.gateways.tools.port import Document, File, ReadFile, UnreadableFile, YamlFile
from repo_server.errors import Refused
from repo_server.product import Product
from repo_server.render import jsonnet
from repo_server.render.job import Job, encoded, written
from repo_server.render.selection import is_jsonnet, select

_SKIP = b"+argocd:skip-file-rendering"
_MANIFEST_KEYS = (b"apiVersion:", b"kind:", b"metadata:")


async def render(job: Job) -> Product:
    """Read the files that the options select. Raises `Refused`, `Stuck` or a `ToolError`."""
    selection = await select(job)
    most = job.settings.directory_bytes or job.limits.directory_bytes
    plain = await _read(job, [path for path in selection.paths if not is_jsonnet(path)], limit=most)
    # Jsonnet files count as programs: how large they are says nothing of what they make.
    programs = await _read(job, [path for path in selection.paths if is_jsonnet(path)], limit=job.limits.tool_bytes)
    manifests = {**await _manifests_in(job, plain), **await _manifests_of(job, programs)}
    in_order = [item for path in selection.paths for item in manifests.get(path, ())]
    return Product(source_type="Directory", manifests=encoded(in_order), warnings=selection.warnings)


async def _read(job: Job, paths: Sequence[str], *, limit: int) -> dict[str, bytes]:
    contents = await job.tree.read(paths, limit=limit)
    return {path: content for path, content in contents.items() if _SKIP not in content}


async def _manifests_in(job: Job, contents: Mapping[str, bytes]) -> Mapping[str, list[rendered.Written]]:
    if not contents:
        return {}
    answers = await job.tools.yaml([File(path=path, content=content) for path, content in contents.items()])
    return {
        path: rendered.manifests_among(written(_documents(answer, contents[path])))
        for path, answer in zip(contents, answers, strict=True)
    }


async def _manifests_of(job: Job, programs: Mapping[str, bytes]) -> Mapping[str, list[rendered.Written]]:
    """Return the manifests of each Jsonnet file; whatever one gives was meant to be a manifest."""
    if not programs:
        return {}
    evaluated = await jsonnet.evaluate(job, programs)
    return {path: rendered.manifests_of(written(documents)) for path, documents in evaluated.items()}


def _documents(answer: YamlFile, content: bytes) -> tuple[Document, ...]:
    match answer:
        case ReadFile(documents=documents):
            return documents
        case UnreadableFile() if _is_unrelated(answer, content):
            return ()
        case UnreadableFile(path=path, document=document, line=line, message=message):
            raise Refused("render_failed", f"{path}, document {document}, line {line}: {message}")


def _is_unrelated(answer: UnreadableFile, content: bytes) -> bool:
    """Say whether a broken file is none of ours: "an unrelated YAML file which we will ignore" (Argo CD).

    What is written in another encoding cannot be told from a manifest, and leaving that out would delete what it says.
    """
    return (
        answer.document <= 1
        and not answer.path.endswith(".json")
        and b"\0" not in content
        and not all(key in content for key in _MANIFEST_KEYS)
    )
