"""The odd applications of `tests/corpus/rendering`, each through the whole repo server. B-09, B-10, B-20 to B-40."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.engine.model.source import Source
from repo_server import errors
from tests.corpus.rendering import charts, kustomizations, objects, parameters, programs, values
from tests.corpus.rendering.cases import Case, Gives, GivesData, GivesMany, Refuses
from tests.repo_server.kitchen import Kitchen, config_map

CASES = {
    **objects.CASES,
    **values.CASES,
    **charts.CASES,
    **parameters.CASES,
    **kustomizations.CASES,
    **programs.CASES,
}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have a folder for temporary files, with a short name for sockets; pytest has made its own before."""
    del tmp_path
    with tempfile.TemporaryDirectory(prefix="argosy-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def taken(temporary: Path) -> tuple[int, list[str]]:
    """Return what is held of the machine: descriptors and temporary files."""
    return len(list(Path("/proc/self/fd").iterdir())), sorted(path.name for path in temporary.iterdir())


@pytest.mark.parametrize("name", CASES)
async def test_an_odd_application_is_answered_as_the_corpus_says(kitchen: Kitchen, temporary: Path, name: str):
    case = CASES[name]
    files = {f"app/{path}": content for path, content in case.files().items()}
    files["fine/a.yaml"] = config_map("fine")
    kitchen.forge.create().commit({_resolved(path): content for path, content in files.items()})
    fine = kitchen.source("fine")
    assert await kitchen.data(fine, fresh=True) == {"fine": None}
    source = kitchen.source("app", **case.options)
    before: tuple[int, list[str]] | None = None
    for _ in range(2):
        await _answered(kitchen, source, case)
        assert await kitchen.data(fine, fresh=True) == {"fine": None}
        # The first time what stays for all renders is made: connections, the mirror's own processes, a new worker.
        before, now = before or taken(temporary), taken(temporary)
        assert now == before


async def _answered(kitchen: Kitchen, source: Source, case: Case) -> None:
    match case.expected:
        case Gives(names=names):
            found = await kitchen.manifests(source, tools=case.settings)
            assert tuple(each["metadata"]["name"] for each in found) == names
        case GivesMany(count=count):
            assert len(await kitchen.manifests(source, tools=case.settings)) == count
        case GivesData(data=data):
            (found,) = await kitchen.manifests(source, tools=case.settings)
            assert found["data"] == data
        case Refuses(says=says, code=code):
            with pytest.raises(errors.Refused) as refused:
                await kitchen.render(source, tools=case.settings)
            message = refused.value.message
            assert re.search(says, message), message
            assert refused.value.code == code
            assert kitchen.forge.address() in message
            assert "canary" not in message
            assert len(message) < 2_100


def _resolved(path: str) -> str:
    """Return the path from the root of the repository."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
