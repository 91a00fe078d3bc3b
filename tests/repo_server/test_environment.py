"""The build environment. Argo CD 2.47 and 2.48; 2.21 and 2.32 say where it counts."""

import pytest

from argosy.engine.model.source import HelmOptions, HelmParameter
from repo_server.render.environment import Variables
from tests.repo_server.kitchen import Kitchen, chart

VALUES = {"NAME": "shop", "A_1": "x", "EMPTY": "", "NESTED": "$NAME"}


@pytest.mark.parametrize(
    ("text", "substituted"),
    [
        ("$NAME", "shop"),
        ("${NAME}", "shop"),
        ("a-$NAME-b", "a-shop-b"),
        ("$NAME$A_1", "shopx"),
        ("$$NAME", "$NAME"),
        ("$$$NAME", "$shop"),
        ("$UNKNOWN-x", "-x"),
        ("${UNKNOWN}", ""),
        ("$EMPTY", ""),
        ("$NESTED", "$NAME"),
        ("100$", "100$"),
        ("$ NAME", "$ NAME"),
        ("", ""),
    ],
)
def test_2_48_substitution(text: str, substituted: str) -> None:
    assert Variables(VALUES).substitute(text) == substituted


def test_2_48_what_was_put_in_is_noted_and_nothing_else() -> None:
    variables = Variables(VALUES)
    variables.substitute("$NAME and $$A_1 and ${UNKNOWN}")
    assert variables.used() == {"NAME": "shop", "UNKNOWN": ""}


async def test_2_47_the_variables(kitchen: Kitchen):
    revision = kitchen.forge.create().commit(chart("web"))
    names = (
        "APP_NAME",
        "APP_NAMESPACE",
        "APP_PROJECT_NAME",
        "APP_REVISION",
        "APP_REVISION_SHORT",
        "APP_REVISION_SHORT_8",
        "APP_SOURCE_REPO_URL",
        "APP_SOURCE_PATH",
        "APP_SOURCE_TARGET_REVISION",
    )
    text = " ".join(f"$ARGOCD_{name}" for name in names)
    helm = HelmOptions(parameters=(HelmParameter("color", text),))
    data = await kitchen.data(kitchen.source("web", helm=helm, target_revision="main"))
    assert data["shop"]["color"].split() == [
        "shop",
        "store",
        "default",
        revision,
        revision[:7],
        revision[:8],
        kitchen.forge.address(),
        "web",
        "main",
    ]
