"""B-30 and B-31: kustomizations that are wrong, too much, or name what is elsewhere; and options that are dangerous."""

from collections.abc import Mapping

from argosy.engine.model.rendering import ToolSettings
from tests.corpus.rendering.cases import MAP, Case, Files, Gives, GivesMany, Refuses

ELSEWHERE = "https://example.org/team/base"
NEEDED = Refuses("example.org/team/base", "repositories_needed")
FILE_NEEDED = Refuses("https://example.org/", "repositories_needed")


def _built(kustomization: str, expected: Gives | GivesMany | Refuses, **files: str) -> Case:
    """Return a kustomization beside an object; in names of more files `__` stands for `/` and `_yaml` for `.yaml`."""
    named = {name.replace("__", "/").replace("_yaml", ".yaml"): content for name, content in files.items()}
    return Case(lambda: {"kustomization.yaml": kustomization, "a.yaml": MAP, **named}, expected)


def _diamond() -> Files:
    return {
        "kustomization.yaml": "resources: [../l, ../r]\n",
        "../l/kustomization.yaml": "namePrefix: l-\nresources: [../base]\n",
        "../r/kustomization.yaml": "namePrefix: r-\nresources: [../base]\n",
        "../base/kustomization.yaml": "resources: [a.yaml]\n",
        "../base/a.yaml": MAP,
    }


def _bases(count: int) -> Files:
    files = {"kustomization.yaml": "resources:\n" + "".join(f"- b{n}\n" for n in range(count))}
    for n in range(count):
        files |= {f"b{n}/kustomization.yaml": "resources: [a.yaml]\n", f"b{n}/a.yaml": MAP.replace(": a}", f": a{n}}}")}
    return files


def _option(option: str, says: str) -> Case:
    return Case(
        lambda: {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": MAP},
        Refuses(says),
        settings=ToolSettings(kustomize_build_options=option),
    )


CASES: Mapping[str, Case] = {
    "B-30 nothing": _built("", Refuses("kustomization.yaml.*(is empty|kustomization)")),
    "B-30 an unknown field": _built("resources: [a.yaml]\nwishes: [x]\n", Refuses('unknown field "wishes"')),
    "B-30 itself as base": _built("resources: [.]\n", Refuses("cycle")),
    "B-30 above itself as base": _built(
        "resources: [..]\n", Refuses("cycle detected"), **{"..__kustomization_yaml": "resources: [app]\n"}
    ),
    "B-30 a diamond": Case(_diamond, Gives(("l-a", "r-a"))),
    "B-30 500 bases": Case(lambda: _bases(500), GivesMany(500)),
    "B-30 1,500 bases": Case(lambda: _bases(1_500), Refuses("1,?000", "limit_exceeded")),
    "B-30 a prefix that leads up": _built("resources: [a.yaml]\nnamePrefix: ../\n", Gives(("../a",))),
    "B-30 a literal of 2 MB": _built(
        "configMapGenerator: [{name: b, literals: ['k=" + "x" * 2_000_000 + "']}]\n", GivesMany(1)
    ),
    "B-30 a patch for everything": _built(
        "resources: [a.yaml, b.yaml]\n"
        "patches: [{target: {kind: .*}, patch: '- {op: add, path: /data, value: {x: y}}'}]\n",
        Gives(("a", "b")),
        b_yaml=MAP.replace(": a}", ": b}"),
    ),
    "B-30 a patch whose test fails": _built(
        "resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '- {op: test, path: /x, value: X}'}]\n",
        Refuses("testing (path|value) /x"),
    ),
    "B-30 an object twice": _built("resources: [a.yaml, a.yaml]\n", Refuses("already registered id")),
    "B-30 a missing schema": _built("resources: [a.yaml]\nopenapi: {path: gone.json}\n", Refuses(r"gone\.json")),
    "B-30 an unknown schema": _built("resources: [a.yaml]\nopenapi: {version: v0}\n", Refuses("openapi|version")),
    "B-30 where things are from": _built("resources: [a.yaml]\nbuildMetadata: [originAnnotations]\n", Gives(("a",))),
    "B-30 replacements of nothing": _built(
        "resources: [a.yaml]\nreplacements: [{source: {kind: Gone}, targets: [{select: {kind: Too}}]}]\n",
        Refuses("nothing selected|found"),
    ),
    "B-30 replacements in a circle": _built(
        "resources: [a.yaml]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: metadata.name}\n"
        "  targets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.name]}]\n",
        Gives(("a",)),
    ),
    "B-30 a base elsewhere": _built(f"resources: ['{ELSEWHERE}']\n", NEEDED),
    "B-30 a base of old elsewhere": _built(f"bases: ['{ELSEWHERE}?ref=v1']\n", NEEDED),
    "B-30 a component elsewhere": _built(f"components: ['{ELSEWHERE}//part']\n", NEEDED),
    "B-30 a transformer elsewhere": _built(f"resources: [a.yaml]\ntransformers: ['{ELSEWHERE}//t']\n", NEEDED),
    "B-30 a generator elsewhere": _built(f"generators: ['{ELSEWHERE}//g']\n", NEEDED),
    "B-30 a validator elsewhere": _built(f"resources: [a.yaml]\nvalidators: ['{ELSEWHERE}//v']\n", NEEDED),
    "B-30 a file elsewhere in a generator": _built(
        "configMapGenerator: [{name: b, files: ['https://example.org/f']}]\n", FILE_NEEDED
    ),
    "B-30 a patch elsewhere": _built(
        "resources: [a.yaml]\npatches: [{path: 'https://example.org/p.yaml'}]\n", FILE_NEEDED
    ),
    "B-30 a schema elsewhere": _built("resources: [a.yaml]\nopenapi: {path: 'https://example.org/s'}\n", FILE_NEEDED),
    "B-31 exec functions": _option("--enable-exec", "kustomize build option --enable-exec is refused"),
    "B-31 alpha plugins": _option("--enable-alpha-plugins", "--enable-alpha-plugins is refused"),
    "B-31 network": _option("--network", "--network is refused"),
    "B-31 mounts": _option("--mount type=bind,src=/,dst=/host", "--mount is refused"),
    "B-31 another helm": _option("--enable-helm --helm-command=/bin/sh", "--helm-command is refused"),
    "B-31 an output file": _option("--output=/tmp/x", "--output is refused"),
    "B-31 a restrictor that is none": _option("--load-restrictor none", "illegal flag value --load-restrictor none"),
    "B-31 the environment": _option("-e HOME", "-e is refused"),
    "B-31 an option that is none": _option("--enable-everything", "unknown kustomize build option"),
}
