"""Jsonnet files and everything that they may import -> the objects that they evaluate to. Argo CD 2.13.

What Jsonnet imports is written as a literal, so the text tells what may be read: each import is looked up as Jsonnet
would, beside the importing file and then in the libraries; hits and misses go on the tree's record, and the tool gets
what was found. An import in a comment is read too: that hurts nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from argosy.engine.model.source import JsonnetOptions, JsonnetVariable
from argosy.gateways.tools.errors import ToolFailed
from argosy.gateways.tools.port import Document, File, JsonnetRequest
from repo_server.errors import Refused
from repo_server.render.job import Job
from repo_server.tree import parent, resolve

_MOST_IMPORTS = 10_000

# The bounds, and that on imports, keep a hostile text from being gone over again for each of them.
_IMPORT = re.compile(
    r"""\bimport(?P<raw>str|bin)? (?: \s++ | (?://|\#)[^\n]{0,500}\n | /\*.{0,500}?\*/ )*+ (?P<opened>@?['"])""",
    re.VERBOSE | re.DOTALL,
)
_LITERALS = {
    "'": re.compile(r"((?:[^'\\]|\\.){0,1000})'", re.DOTALL),
    '"': re.compile(r'((?:[^"\\]|\\.){0,1000})"', re.DOTALL),
    "@'": re.compile(r"((?:[^']|''){0,1000})'"),
    '@"': re.compile(r'((?:[^"]|""){0,1000})"'),
}
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<character>.))", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Import:
    """An import of `target`; `is_program` if that is evaluated, and not only read."""

    target: str
    is_program: bool


@dataclass(frozen=True)
class _Asked:
    """An import by a file of `folder`; None for the code of a variable, which lies nowhere."""

    folder: str | None
    what: Import


async def evaluate(job: Job, programs: Mapping[str, bytes]) -> dict[str, tuple[Document, ...]]:
    """Return the objects that each of these files gives, by its path in the tree.

    Raises `Refused` or a `ToolError`.
    """
    options = (job.source.directory and job.source.directory.jsonnet) or JsonnetOptions()
    # The application's own folder is the last place to look, as in Argo CD.
    libraries = (job.path, *(_library(name) for name in options.libs))
    ext_vars, tlas = _substituted(job, options.ext_vars), _substituted(job, options.tlas)
    snippets = [variable.value for variable in (*ext_vars, *tlas) if variable.code]
    imported = await _imported(job, programs, libraries, snippets)
    request = JsonnetRequest(
        programs=_files(programs),
        files=_files(imported),
        libraries=libraries,
        ext_vars=ext_vars,
        tlas=tlas,
    )
    try:
        return dict(zip(programs, await job.tools.jsonnet(request), strict=True))
    except ToolFailed as failed:
        raise Refused("render_failed", f"{failed.place}: {failed.message}") from failed


def _files(contents: Mapping[str, bytes]) -> tuple[File, ...]:
    return tuple(File(path=path, content=content) for path, content in contents.items())


def _library(name: str) -> str:
    folder = resolve("", name.lstrip("/"))
    if folder is None:
        raise Refused("invalid", f"spec.source.directory.jsonnet.libs: {name!r} leads out of the repository")
    return folder


def _substituted(job: Job, variables: Sequence[JsonnetVariable]) -> tuple[JsonnetVariable, ...]:
    return tuple(
        JsonnetVariable(name=variable.name, value=job.variables.substitute(variable.value), code=variable.code)
        for variable in variables
    )


async def _imported(
    job: Job, programs: Mapping[str, bytes], libraries: Sequence[str], snippets: Sequence[str]
) -> dict[str, bytes]:
    """Return every file that the programs or the snippets may import, by path; the programs are not among them."""
    imported: dict[str, bytes] = {}
    followed = set(programs)
    asked: set[_Asked] = set()
    wanted = {_Asked(None, what) for snippet in snippets for what in _imports_of(job, snippet)}
    wanted |= _asked_by(job, programs)
    while wanted:
        asked |= wanted
        _check_count(job, len(asked))
        found = {item: await _find(job, item, libraries) for item in wanted}
        new = {path for path in found.values() if path is not None} - imported.keys() - programs.keys()
        imported |= await job.tree.read(sorted(new), limit=job.limits.tool_bytes)
        _check_size(job, [*programs.values(), *imported.values()])
        to_follow = {path for item, path in found.items() if path is not None and item.what.is_program} - followed
        followed |= to_follow
        wanted = _asked_by(job, {path: imported[path] for path in to_follow}) - asked
    return imported


async def _find(job: Job, asked: _Asked, libraries: Sequence[str]) -> str | None:
    """Return the path of what is imported; None where there is nothing, which Jsonnet says best if it gets there."""
    if asked.what.target.startswith("/"):
        return None
    folders = [*libraries] if asked.folder is None else [*libraries, asked.folder]
    for folder in reversed(folders):
        path = resolve(folder, asked.what.target)
        entry = await job.tree.find(path) if path is not None else None
        if entry is not None and entry.node.kind == "file":
            return path
    return None


def _check_size(job: Job, contents: Iterable[bytes]) -> None:
    allowed = job.limits.tool_bytes
    if sum(map(len, contents)) > allowed:
        raise Refused(
            "limit_exceeded",
            f"the Jsonnet files in {job.path!r} and what they import are larger than {allowed:,} bytes together",
        )


def _asked_by(job: Job, files: Mapping[str, bytes]) -> set[_Asked]:
    return {
        _Asked(parent(path), what)
        for path, content in files.items()
        for what in _imports_of(job, content.decode("utf-8", "replace"))
    }


def _imports_of(job: Job, text: str) -> Iterator[Import]:
    _check_count(job, text.count("import"))
    return imports_of(text)


def _check_count(job: Job, count: int) -> None:
    if count > _MOST_IMPORTS:
        raise Refused("limit_exceeded", f"the Jsonnet files in {job.path!r} have more than {_MOST_IMPORTS:,} imports")


def imports_of(text: str) -> Iterator[Import]:
    """Yield what a Jsonnet text may import."""
    for match in _IMPORT.finditer(text):
        opened = match["opened"]
        literal = _LITERALS[opened].match(text, match.end())
        if literal is not None:
            verbatim = literal[1].replace(opened[-1] * 2, opened[-1])
            yield Import(verbatim if "@" in opened else _unescaped(literal[1]), is_program=match["raw"] is None)


def _unescaped(literal: str) -> str:
    text = _ESCAPE.sub(_character, literal)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character


def _character(match: re.Match[str]) -> str:
    if match["code"]:
        return chr(int(match["code"], 16))
    return _CONTROLS.get(match["character"], match["character"])
