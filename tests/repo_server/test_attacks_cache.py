"""The cache against chance: a repository in which everything hangs together is changed at random, again and again.

After each step every application is rendered with the cache and without; that must be the same. Unlike
`test_cache_soundness`, nobody wrote down who reads what: links to anywhere, packed charts, files that are reached in
ways that nobody thought of. Seeds are fixed; each costs a few seconds.
"""

import io
import random
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from argosy.engine.model.source import (
    DirectoryOptions,
    HelmFileParameter,
    HelmOptions,
    HelmParameter,
    JsonnetOptions,
    JsonnetVariable,
    KustomizeOptions,
    Source,
)
from argosy.wire.repo_server import RenderRequest, SourceRequest
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link, WorkTree

Content = str | bytes | Link

_STEPS = 30


def packed(name: str, text: str) -> bytes:
    """Return a packed chart."""
    files = {
        "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
        "templates/m.yaml": config_map(name, text=text),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in files.items():
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(content.encode())
            archive.addfile(info, io.BytesIO(content.encode()))
    return buffer.getvalue()


FILES: Mapping[str, Content] = {
    **chart(
        "chart",
        **{
            "templates/files.yaml": (
                "{{ range $path, $content := .Files.Glob `data/*` }}\n---\n"
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ base $path | lower }}}\n"
                "data: {text: {{ $content | toString | quote }}}\n{{ end }}"
            ),
            "data/a.txt": "a",
            "data/b.txt": "b",
            ".helmignore": "data/b.txt\n*.bak\n",
            "charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 0.1.0\n",
            "charts/inner/templates/m.yaml": config_map("inner", color="{{ .Values.color }}"),
            "values.schema.json": '{"type": "object"}',
        },
    ),
    "chart/charts/small-1.0.0.tgz": packed("small", "first"),
    "chart/linked": Link("../shared/folder"),
    "chart/templates/linked.yaml": Link("../../shared/one.yaml"),
    "shared/one.yaml": config_map("one"),
    "shared/two.yaml": config_map("two"),
    "shared/folder/x.txt": "x",
    "shared/folder/map.yaml": config_map("in-folder"),
    "shared/again": Link("folder"),
    "values/prod.yaml": "color: prod\n",
    "values/env/a.yaml": "color: a\n",
    "values/env/b.yaml": "extra: b\n",
    "values/env/c.yaml": Link("../prod.yaml"),
    "plain/one.yaml": config_map("plain"),
    "plain/linked.yaml": Link("../shared/again/map.yaml"),
    "plain/folder": Link("../shared/folder"),
    "plain/sub/two.yaml": config_map("sub"),
    "plain/sub/m.jsonnet": "import '../../jsonnet/lib.libsonnet'",
    "overlay/kustomization.yaml": (
        "resources: [../base, ../linked-base, generated.yaml]\ncomponents: [../component]\n"
        "patches: [{path: patch.yaml, target: {kind: ConfigMap, name: map}}]\n"
        "configMapGenerator: [{name: made, files: [key=settings.txt], envs: [made.env]}]\n"
        "configurations: [names.yaml]\ncrds: [crd.json]\nopenapi: {path: schema.json}\n"
        "replacements: [{path: replacement.yaml}]\n"
    ),
    "overlay/patch.yaml": config_map("map", color="patched"),
    "overlay/generated.yaml": config_map("generated", color="x"),
    "overlay/settings.txt": "settings",
    "overlay/made.env": "A=1\n",
    "overlay/names.yaml": "namePrefix: [{path: metadata/name}]\n",
    "overlay/crd.json": "{}",
    "overlay/schema.json": '{"definitions": {}}',
    "overlay/replacement.yaml": (
        "source: {kind: ConfigMap, name: map, fieldPath: data.color}\n"
        "targets: [{select: {kind: ConfigMap, name: generated}, fieldPaths: [data.color]}]\n"
    ),
    "overlay/.argocd-source.yaml": Link("../shared/options.yaml"),
    "shared/options.yaml": "kustomize: {nameSuffix: -x}\n",
    "component/kustomization.yaml": (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [../shared/two.yaml]\n"
    ),
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": config_map("map", color="base"),
    "linked-base": Link("real-base"),
    "real-base/Kustomization": "resources: [other.yaml]\n",
    "real-base/other.yaml": Link("../shared/one.yaml"),
    "jsonnet/main.jsonnet": "local l = import 'lib.libsonnet'; local v = import 'v.libsonnet'; l { data: { v: v } }",
    "jsonnet/lib.libsonnet": (
        "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lib' }, data: { t: importstr 'text.txt' } }"
    ),
    "jsonnet/text.txt": Link("../shared/folder/x.txt"),
    "vendor/v.libsonnet": "'vendored'",
    "other-vendor/v.libsonnet": "'other'",
    "README.md": "read me",
}

_FRAGMENTS: tuple[Content, ...] = (
    config_map("fragment"),
    config_map("map", color="again"),
    "color: fragment\n",
    "resources: [map.yaml]\n",
    "resources: []\nnamePrefix: p-\n",
    "kustomize: {namePrefix: o-}\n",
    "data/*\n",
    "A=2\nB=3\n",
    "'text'",
    "{}",
    "",
    packed("small", "second"),
)


def sources(kitchen: Kitchen) -> dict[str, tuple[Source, ...]]:
    """Return the applications by name, each as its sources."""
    helm = HelmOptions(
        release_name="web",
        value_files=("../values/prod.yaml", "/values/env/*.yaml", "/values/**/b.yaml", "missing.yaml"),
        ignore_missing_value_files=True,
        file_parameters=(HelmFileParameter(name="extra", path="../shared/folder/x.txt"),),
        parameters=(HelmParameter(name="list[0]", value="$ARGOCD_APP_NAME"),),
    )
    referring = HelmOptions(value_files=("$other/values.yaml", "$other/env/*.yaml"))
    code = JsonnetVariable(name="unused", value="import 'lib.libsonnet'", code=True)
    jsonnet = JsonnetOptions(libs=("vendor", "other-vendor"), ext_vars=(code,))
    other = kitchen.source(name="other", ref="other")
    return {
        "chart": (kitchen.source("chart", helm=helm),),
        "referring": (kitchen.source("chart", helm=referring), other),
        "plain": (kitchen.source("plain"),),
        "deep": (kitchen.source("plain", directory=DirectoryOptions(recurse=True)),),
        "chosen": (kitchen.source("plain", directory=DirectoryOptions(recurse=True, exclude="{sub/two.yaml,*.json}")),),
        "overlay": (kitchen.source("overlay"),),
        "optioned": (kitchen.source("overlay", kustomize=KustomizeOptions(components=("../component",))),),
        "jsonnet": (kitchen.source("jsonnet", directory=DirectoryOptions(jsonnet=jsonnet)),),
        "linked": (kitchen.source("linked-base"),),
        "guessed": (kitchen.source("real-base"),),
    }


@dataclass
class _Chance:
    """Changes a work tree at random, and knows what is in it."""

    random: random.Random
    files: dict[str, Content] = field(default_factory=dict[str, Content])

    def change(self) -> dict[str, Content | None]:
        """Return one random change, as it is to be committed."""
        path = self.random.choice(sorted(self.files))
        match self.random.randrange(7):
            case 0:
                changes: dict[str, Content | None] = {path: self._edited(self.files[path])}
            case 1:
                changes = {path: None}
            case 2:
                changes = {path: None, self._place(): self.files[path]}
            case 3:
                changes = {self._place(): self.random.choice(_FRAGMENTS)}
            case 4:
                changes = {path: self._link(path)}
            case 5:
                folder = path.rpartition("/")[0] or "shared"
                below = [each for each in self.files if each.startswith(f"{folder}/")]
                changes = {**dict.fromkeys(below), folder: self._link(folder)}
            case _:
                original = self.random.choice(sorted(FILES))
                changes = {original: FILES[original]}
        return self._apply(changes)

    def _apply(self, changes: Mapping[str, Content | None]) -> dict[str, Content | None]:
        """Note the changes, what is in their way or above them gone, and return all of them."""
        whole = dict(changes)
        for path, content in changes.items():
            if content is not None:
                above = ["/".join(path.split("/")[:length]) for length in range(1, path.count("/") + 1)]
                whole = {each: None for each in above if each in self.files} | whole
                whole = {each: None for each in self.files if each.startswith(f"{path}/")} | whole
        for path, content in whole.items():
            if content is None:
                self.files.pop(path, None)
            else:
                self.files[path] = content
        return whole

    def _edited(self, content: Content) -> Content:
        if isinstance(content, str):
            word = self.random.choice(("a", "o", "e", "x"))
            return content.replace(word, word * 2, 1) if self.random.random() < 0.5 else f"{content}\n# {word}\n"
        return self.random.choice(_FRAGMENTS)

    def _place(self) -> str:
        folder = self.random.choice(sorted(self.files)).rpartition("/")[0]
        name = self.random.choice(sorted(self.files)).rpartition("/")[2]
        return f"{folder}/{name}".lstrip("/")

    def _link(self, path: str) -> Link:
        target = self.random.choice(sorted(self.files))
        if self.random.random() < 0.4:
            target = target.rpartition("/")[0] or "shared"
        return Link("../" * path.count("/") + target)


async def outcome(kitchen: Kitchen, asked: tuple[Source, ...], revisions: tuple[str, ...], **request: Any) -> object:
    """Return what a caller sees of a render, or the code of its refusal: of two mistakes Helm may tell either."""
    pairs = zip(asked, revisions, strict=True)
    sources = tuple(SourceRequest(source, kitchen.entry(source), revision) for source, revision in pairs)
    wanted = RenderRequest(namespace="store", project="default", sources=sources, **request)
    try:
        rendered = (await kitchen.service.render(wanted)).sources
    except Refused as refused:
        return refused.code
    return [(item.source_type, bytes(item.manifests), item.notes, item.warnings, item.commands) for item in rendered]


def write(tree: WorkTree, changes: Mapping[str, Content | None]) -> str:
    """Commit changes in which a folder may become a link and a link a folder."""
    for path in [path for path, content in changes.items() if content is None]:
        (tree.folder / path).unlink(missing_ok=True)
    for folder in sorted((each for each in tree.folder.rglob("*") if each.is_dir()), reverse=True):
        if ".git" not in folder.parts and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()
    return tree.commit({path: content for path, content in changes.items() if content is not None})


@pytest.mark.parametrize("seed", range(2))
async def test_2_59_what_is_remembered_is_what_would_be_rendered(kitchen: Kitchen, seed: int):
    chance = _Chance(random.Random(seed), dict(FILES))
    tree, other = kitchen.forge.create(), kitchen.forge.create("other")
    revision = write(tree, FILES)
    others = other.commit({"values.yaml": "color: other\n", "env/a.yaml": Link("../values.yaml")})
    hits = 0
    for _ in range(_STEPS):
        versions = chance.random.choice(((), ("example.org/v1",)))
        kube_version = chance.random.choice(("", "1.31.0"))
        for name, asked in sources(kitchen).items():
            request = {"application": name, "api_versions": versions, "kube_version": kube_version}
            revisions = (revision, others)[: len(asked)]
            before = kitchen.rendered
            remembered = await outcome(kitchen, asked, revisions, **request)
            hits += kitchen.rendered == before
            assert remembered == await outcome(kitchen, asked, revisions, fresh=True, **request), name
        if chance.random.random() < 0.2:
            others = other.commit({"env/b.yaml": f"color: c{chance.random.randrange(3)}\n"})
        revision = write(tree, chance.change())
    assert hits
