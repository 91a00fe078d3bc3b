"""Building kustomizations through the real worker; kubectl's Kustomize is the oracle where it is at hand."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from argosy.engine.model.source import KustomizeOptions, KustomizePatch, KustomizeReplica, KustomizeTarget
from argosy.gateways.tools.errors import ToolFailed
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Document, File, KustomizeAnswer, KustomizeRequest, ReadFile
from tests.tool_worker.oracle import EDITS

EXPECTED = Path(__file__).parents[2] / "tool_worker" / "expected"
MAP = File("m.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n")


@pytest.fixture
def overlay(folder: Callable[[str], tuple[File, ...]]) -> Callable[..., KustomizeRequest]:
    def request(**options: Any) -> KustomizeRequest:
        files = folder("kustomizations")
        return KustomizeRequest(files=files, directory="overlay", options=KustomizeOptions(**options))

    return request


async def built(pool: Pool, request: KustomizeRequest) -> tuple[Document, ...]:
    answer = await pool.kustomize(request)
    assert isinstance(answer, KustomizeAnswer)
    return answer.documents


def by_kind(documents: tuple[Document, ...]) -> dict[str, Any]:
    return {document.manifest["kind"]: document.manifest for document in documents}


async def test_the_overlay_builds_to_what_was_checked_by_eye(pool: Pool, overlay: Any):
    assert by_kind(await built(pool, overlay())) == by_kind(
        tuple(Document(each) for each in yaml.safe_load_all((EXPECTED / "overlay.yaml").read_text()))
    )


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl, the oracle, is not installed")
async def test_the_overlay_builds_to_what_kubectl_builds(pool: Pool, overlay: Any):
    top = EXPECTED.parent / "kustomizations" / "overlay"
    oracle = await asyncio.create_subprocess_exec("kubectl", "kustomize", str(top), stdout=subprocess.PIPE)
    printed, _ = await oracle.communicate()
    assert [document.manifest for document in await built(pool, overlay())] == list(yaml.safe_load_all(printed))


EDITED = {
    "names": KustomizeOptions(name_prefix="shop-", name_suffix="-x", namespace="there"),
    "images": KustomizeOptions(images=("nginx=mirror.example.com:5000/nginx:2.0", "other@sha256:0123", "nginx=*:3")),
    "replicas": KustomizeOptions(replicas=(KustomizeReplica(name="web", count="5"),)),
    "labels": KustomizeOptions(common_labels={"tier": "front", "app.kubernetes.io/part-of": "shop"}),
    "labels-by-force": KustomizeOptions(common_labels={"app": "other", "tier": "front"}, force_common_labels=True),
    "labels-without-selector": KustomizeOptions(
        common_labels={"tier": "front"}, label_without_selector=True, common_annotations={"why": "so"}
    ),
    "labels-in-templates": KustomizeOptions(
        common_labels={"tier": "front"}, label_without_selector=True, label_include_templates=True
    ),
    "annotations-by-force": KustomizeOptions(
        common_annotations={"team": "other", "why": "x:y"}, force_common_annotations=True
    ),
    "component": KustomizeOptions(components=("../parts/tls",)),
}


@pytest.mark.parametrize("name", EDITS)
async def test_2_30_options_give_what_the_commands_of_kustomize_edit_give(pool: Pool, folder: Any, name: str):
    files = folder("kustomizations")
    documents = await built(pool, KustomizeRequest(files=files, directory="overlay", options=EDITED[name]))
    path = EXPECTED / f"edited-{name}.yaml"
    (expected,) = await pool.yaml([File(path.name, path.read_bytes())])
    assert isinstance(expected, ReadFile)
    assert [document.manifest for document in documents] == [document.manifest for document in expected.documents]


async def test_2_30_options_are_applied(pool: Pool, overlay: Any):
    target = KustomizeTarget(kind="Service")
    objects = by_kind(
        await built(
            pool,
            overlay(
                name_prefix="shop-",
                namespace="prod",
                images=("nginx=mirror/nginx:2.0",),
                replicas=(KustomizeReplica(name="web", count=5),),
                common_labels={"tier": "front"},
                common_annotations={"team": "other", "why": "a,b: c"},
                force_common_annotations=True,
                patches=(KustomizePatch(patch="- {op: add, path: /spec/type, value: NodePort}", target=target),),
                components=("../parts/tls", "../parts/gone"),
                ignore_missing_components=True,
                common_annotations_envsubst=True,
                version="v5.8.1",
                kube_version="1.37.0",
                api_versions=("v1",),
            ),
        )
    )
    deployment, service = objects["Deployment"], objects["Service"]
    assert deployment["metadata"]["name"] == "shop-web-test"
    assert deployment["metadata"]["namespace"] == "prod"
    assert deployment["metadata"]["labels"] == {"tier": "front"}
    assert deployment["metadata"]["annotations"] == {"team": "other", "why": "a,b: c"}
    assert deployment["spec"]["selector"]["matchLabels"] == {"app": "web", "tier": "front"}
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "mirror/nginx:2.0"
    assert service["spec"]["type"] == "NodePort"
    assert service["spec"]["ports"] == [{"port": 443}]


async def test_2_31_labels_can_leave_selectors_alone(pool: Pool, overlay: Any):
    objects = by_kind(await built(pool, overlay(common_labels={"tier": "front"}, label_without_selector=True)))
    assert objects["Deployment"]["metadata"]["labels"] == {"tier": "front"}
    assert objects["Deployment"]["spec"]["selector"]["matchLabels"] == {"app": "web"}
    assert objects["Deployment"]["spec"]["template"]["metadata"]["labels"] == {"app": "web"}


async def test_2_31_an_annotation_that_is_there_is_not_overridden_without_force(pool: Pool, overlay: Any):
    with pytest.raises(ToolFailed, match="annotation team already in kustomization file") as caught:
        await pool.kustomize(overlay(common_annotations={"team": "other"}))
    assert caught.value.place.file == "overlay/kustomization.yaml"


async def test_2_33_a_component_that_is_missing_is_named(pool: Pool, overlay: Any):
    with pytest.raises(ToolFailed, match="parts/gone"):
        await pool.kustomize(overlay(components=("../parts/gone",)))


def one(kustomization: str, *files: File) -> KustomizeRequest:
    return KustomizeRequest(files=(File("kustomization.yaml", kustomization.encode()), *files))


async def test_a_reference_that_is_not_told_apart_still_gets_nowhere(pool: Pool):
    hidden = File(
        "t.yaml", b"apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: http://127.0.0.1:1/x\n"
    )
    with pytest.raises(ToolFailed, match=r"permission denied|not permitted"):
        await pool.kustomize(one("resources: [m.yaml]\ntransformers: [t.yaml]\n", MAP, hidden))


@pytest.mark.parametrize(
    ("kustomization", "message"),
    [
        ("resources: [gone.yaml]\n", r"gone\.yaml"),
        ("resource: [m.yaml]\n", 'unknown field "resource"'),
        ("resources: [../../etc/passwd]\n", "etc/passwd"),
        ("resources: [.]\n", "cycle"),
        ("{", "yaml"),
        ("generators: [f.yaml]\n", "external|plugins|disabled|unable"),
    ],
)
async def test_a_kustomization_that_is_wrong_is_refused(pool: Pool, kustomization: str, message: str):
    function = File(
        "f.yaml",
        b"apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  annotations:\n"
        b"    config.kubernetes.io/function: 'exec: {path: /bin/true}'\n",
    )
    with pytest.raises(ToolFailed, match=message):
        await pool.kustomize(one(kustomization, MAP, function))


async def test_a_broken_resource_is_named(pool: Pool):
    with pytest.raises(ToolFailed, match="MalformedYAMLError") as caught:
        await pool.kustomize(one("resources: [m.yaml, bad.yaml]\n", MAP, File("bad.yaml", b"a: 1\nb: [\n")))
    assert caught.value.place.file == "bad.yaml"


async def test_a_directory_without_a_kustomization_is_named(pool: Pool):
    with pytest.raises(ToolFailed, match="'/y' doesn't exist"):
        await pool.kustomize(KustomizeRequest(files=(MAP,), directory="y"))
    files = (File("x/m.yaml", MAP.content),)
    for options in (KustomizeOptions(), KustomizeOptions(namespace="n")):
        with pytest.raises(ToolFailed, match=r"unable to find one of 'kustomization\.yaml'.* in directory '/x'"):
            await pool.kustomize(KustomizeRequest(files=files, directory="x", options=options))


async def test_an_alias_bomb_is_refused(pool: Pool):
    levels = ["a0: &a0 [x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(ToolFailed, match="aliases expand"):
        await pool.kustomize(one("resources: [b.yaml]\n", File("b.yaml", "\n".join(levels).encode())))


async def test_resources_keep_kustomizes_own_reading_of_scalars(pool: Pool):
    data = b"apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {a: y, b: 12345678901234567890, c: 010}\n"
    (document,) = await built(pool, one("resources: [x.yaml]\n", File("x.yaml", data)))
    assert document.manifest["spec"]["a"] == "y"
