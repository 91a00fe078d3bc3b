"""What the controller asks the repo server for, and what becomes of its refusals."""

from typing import Any

from structlog.testing import capture_logs

from app_controller.outside import CONFIG_MAPS, PROJECTS
from app_controller.queue import Level
from argosy.engine.model.rendering import Integrity
from argosy.wire.repo_server import RenderRequest

CHARTS = "https://charts.example.org"
KEY = "4AEE18F83AFDEB23"
ARMOUR = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----"
SIGNED = {"git": {"policies": [{"repos": [{"url": "*"}], "gpg": {"mode": "head", "keys": [KEY]}}]}}


async def change_project(controller: Any, **spec: Any) -> None:
    await controller.cluster.patch(PROJECTS, "default", {"spec": spec}, namespace=controller.namespace)


async def conditions(controller: Any, key: Any, kind: str) -> list[str]:
    status = (await controller.get(key)).get("status", {})
    return [each["message"] for each in status.get("conditions", []) if each["type"] == kind]


async def until_condition(controller: Any, key: Any, kind: str) -> list[str]:
    async def told() -> list[str]:
        return await conditions(controller, key, kind)

    return await controller.until(told)


def renders(controller: Any) -> list[RenderRequest]:
    return [each for each in controller.manifests.asked if isinstance(each, RenderRequest)]


async def test_2_82_a_commit_that_is_not_signed_is_neither_compared_nor_synced(
    controller: Any, config_map: Any
) -> None:
    controller.commit(config_map("c"))
    await change_project(controller, sourceIntegrity=SIGNED)
    await controller.start()
    key = await controller.create(operation={"sync": {}}, syncPolicy={"automated": {}})
    ended = await controller.ended(key, "Error")
    assert "is not signed" in ended["message"]
    (told,) = await until_condition(controller, key, "ComparisonError")
    assert "is not signed" in told
    assert (await controller.get(key))["status"]["sync"]["status"] == "Unknown"
    assert await controller.config("c") is None
    assert [each.sources[0].integrity for each in renders(controller)] == [
        Integrity("head", (KEY,), ()) for _ in renders(controller)
    ]
    controller.manifests.commit(controller.repository, {"app": [config_map("c")]}, signed_by=KEY)
    await controller.refresh(key)
    await controller.synced(key)
    assert await controller.config("c") is not None
    assert await conditions(controller, key, "ComparisonError") == []


async def test_2_78_a_new_key_is_tried_at_once(controller: Any, config_map: Any) -> None:
    controller.manifests.commit(controller.repository, {"app": [config_map("c")]}, signed_by=KEY)
    await change_project(controller, signatureKeys=[{"keyID": KEY}])
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    assert renders(controller)[-1].sources[0].integrity == Integrity("head", (KEY,), ())
    keys = {"metadata": {"name": "argocd-gpg-keys-cm", "namespace": controller.namespace}, "data": {KEY: ARMOUR}}
    await controller.cluster.create(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **keys})

    async def tried() -> bool:
        return renders(controller)[-1].sources[0].integrity == Integrity("head", (KEY,), (ARMOUR,))

    await controller.until(tried)


async def test_2_81_keys_that_are_ignored_are_logged_as_an_error(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await change_project(controller, sourceIntegrity=SIGNED)
    with capture_logs() as logged:
        await controller.start()
        key = await controller.create()
        await until_condition(controller, key, "ComparisonError")
        assert not [each for each in logged if each["log_level"] == "error"]
        await change_project(controller, signatureKeys=[{"keyID": KEY}])

        async def told() -> list[Any]:
            return [each for each in logged if each["log_level"] == "error"]

        (error,) = await controller.until(told)
    assert "project default: spec.signatureKeys is ignored" in error["reason"]


async def test_2_24_other_repositories_are_lent_if_the_project_permits_them(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    controller.manifests.draws_on[controller.repository, "app"] = (CHARTS,)
    await change_project(controller, sourceRepos=[controller.repository])
    await controller.start()
    key = await controller.create()
    (message,) = await until_condition(controller, key, "ComparisonError")
    assert message.startswith(f"helm repos {CHARTS} are not permitted in project default")
    await change_project(controller, sourceRepos=[controller.repository, CHARTS])
    await controller.synced(key, "OutOfSync")
    assert set(renders(controller)[-1].repositories) == {CHARTS}
    before = len(renders(controller))
    await controller.refresh(key)
    await controller.look(key)
    assert len(renders(controller)) == before
    controller.commit(config_map("d"))
    await controller.look(key)
    assert len(renders(controller)) == before + 1


async def test_warnings_of_the_linter_are_conditions_when_they_are_asked_for(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    controller.manifests.linted[controller.repository, "app"] = tuple(f"icon {n:02} is missing" for n in range(12))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    assert await conditions(controller, key, "ChartLintWarning") == []
    await controller.patch(key, {"metadata": {"annotations": {"argosy/lint": "true"}}})
    told = await until_condition(controller, key, "ChartLintWarning")
    assert len(told) == 11
    assert "and 2 more; `argosy chart lint` tells them all" in told
    await controller.patch(key, {"metadata": {"annotations": {"argosy/lint": None}}})

    async def gone() -> bool:
        return not await conditions(controller, key, "ChartLintWarning")

    await controller.until(gone)


async def test_2_9_what_rendering_warns_of_is_a_condition_while_it_lasts(controller: Any, config_map: Any) -> None:
    place = controller.repository, "app"
    controller.commit(config_map("c"))
    controller.manifests.warned[place] = ("directory.exclude '[' matches nothing: it is no glob",) * 2
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    assert await conditions(controller, key, "SourceWarning") == [controller.manifests.warned[place][0]]
    del controller.manifests.warned[place]
    await controller.patch(key, {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}})

    async def gone() -> bool:
        return not await conditions(controller, key, "SourceWarning")

    await controller.until(gone)


async def test_2_60_a_hard_refresh_renders_whatever_was_rendered_before_and_once(
    controller: Any, config_map: Any
) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    before = len(renders(controller))
    await controller.patch(key, {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}})

    async def refreshed() -> bool:
        return "annotations" not in (await controller.get(key))["metadata"]

    await controller.until(refreshed)
    await controller.look(key)
    assert [each.fresh for each in renders(controller)[before:]] == [True]
    controller.work.queue.add(key, Level.RECENT)
    await controller.look(key)
    assert len(renders(controller)) == before + 1


async def test_settings_and_annotations_of_rendering_reach_the_repo_server(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    options = {"data": {"kustomize.buildOptions": "--enable-helm"}}
    await controller.cluster.patch(CONFIG_MAPS, "argocd-cm", options, namespace=controller.namespace)
    await controller.patch(key, {"metadata": {"annotations": {"argocd.argoproj.io/manifest-generate-paths": "."}}})

    async def asked() -> bool:
        last = renders(controller)[-1]
        return (last.tools.kustomize_build_options, last.generate_paths) == ("--enable-helm", ".")

    await controller.until(asked)
