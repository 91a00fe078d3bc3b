"""Helm's annotations on objects, as Argo CD reads them. Rules 2.27 and 2.28."""

import pytest

from argosy.engine import options

_HOOK = "argocd.argoproj.io/hook"


def _job(**annotations: str) -> dict:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "annotations": annotations}}


@pytest.mark.parametrize(
    ("hook", "phases"),
    [
        ("pre-install", ("PreSync",)),
        ("pre-upgrade", ("PreSync",)),
        ("pre-install,pre-upgrade", ("PreSync",)),
        ("post-install", ("PostSync",)),
        ("post-upgrade , pre-install", ("PreSync", "PostSync")),
        ("pre-rollback", ()),
        ("post-rollback", ()),
        ("test", ()),
        ("test-success", ()),
        ("pre-delete", ()),
        ("post-delete", ()),
    ],
)
def test_2_27_helms_hooks_are_hooks_of_these_phases(hook: str, phases: tuple[str, ...]) -> None:
    job = _job(**{"helm.sh/hook": hook})
    assert options.is_hook(job)
    assert options.hook_types(job) == phases


def test_2_27_crd_install_is_an_ordinary_object() -> None:
    assert not options.is_hook(_job(**{"helm.sh/hook": "crd-install"}))


def test_2_27_helms_hooks_do_not_count_beside_argo_cds() -> None:
    job = _job(**{"helm.sh/hook": "pre-install", _HOOK: "PostSync"})
    assert options.hook_types(job) == ("PostSync",)
    assert not options.is_hook(_job(**{"helm.sh/hook": "pre-install", _HOOK: ""}))


@pytest.mark.parametrize(
    ("annotations", "wave"),
    [
        ({"helm.sh/hook-weight": "-5"}, -5),
        ({"helm.sh/hook-weight": "5", "argocd.argoproj.io/sync-wave": "1"}, 1),
        ({"helm.sh/hook-weight": "heavy"}, 0),
        ({}, 0),
    ],
)
def test_2_28_a_hooks_weight_is_its_wave_where_it_has_none(annotations: dict[str, str], wave: int) -> None:
    assert options.wave_of(_job(**annotations)) == wave


def test_2_28_the_resource_policy_keep_keeps_the_object() -> None:
    assert options.keeps_its_object(_job(**{"helm.sh/resource-policy": "keep"}))
    assert not options.keeps_its_object(_job(**{"helm.sh/resource-policy": "drop"}))
