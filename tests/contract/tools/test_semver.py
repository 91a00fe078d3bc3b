"""Picking a version through the real worker; Masterminds' own rules are tested in Go."""

import pytest

from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, VersionChoice

TAGS = ("v1.2.0", "1.10.0", "v2.0.0-rc.1", "nightly", "")


@pytest.mark.parametrize(
    ("constraint", "choice"),
    [
        ("1.*", Match("1.10.0")),
        (">=1.0.0-0", Match("v2.0.0-rc.1")),
        ("~1.2", Match("v1.2.0")),
        (">=3", NoMatch()),
        ("v1.2.0", Pin()),
        ("1.2", Pin()),
        ("main", NotConstraint()),
        ("HEAD", NotConstraint()),
    ],
)
async def test_the_highest_that_satisfies_the_constraint_is_picked(pool: Pool, constraint: str, choice: VersionChoice):
    assert await pool.semver(constraint, TAGS) == choice


async def test_no_versions_satisfy_nothing(pool: Pool):
    assert await pool.semver("*", ()) == NoMatch()


async def test_the_versions_of_the_libraries_are_told(pool: Pool):
    versions = await pool.versions()
    assert set(versions) == {"go", "helm", "jsonnet", "kustomize", "kyaml", "semver", "sprig", "yaml"}
    assert all(version.startswith(("v", "go1.")) for version in versions.values())
