"""The hostile repositories of `tests/corpus/git`, each through the whole repo server."""

import re
from pathlib import Path

import pytest

from argosy.engine.model.source import DirectoryOptions
from repo_server.errors import Refused
from tests.corpus.git import commits, configurations, links, names, references, trees
from tests.corpus.git.cases import Case, Refuses, Renders
from tests.repo_server.kitchen import Kitchen

CASES = {
    "B-13": names.CASES,
    "B-14": names.ODD_FILES,
    "B-15": links.CASES,
    "B-50": trees.CASES,
    "B-51": commits.CASES,
    "B-52": configurations.CASES,
    "B-53": references.CASES,
}


def every() -> list[object]:
    return [
        pytest.param(case, id=f"{number} {case.name}".encode("ascii", "backslashreplace").decode())
        for number, cases in CASES.items()
        for case in cases
    ]


def left_behind(folder: Path) -> list[Path]:
    """Return what the commands in some of the repositories would have written, had anybody run them (S-155)."""
    return [*folder.rglob("marker"), *Path.cwd().glob("marker")]


@pytest.mark.parametrize("case", every())
async def test_a_hostile_repository_is_answered_as_the_corpus_says(kitchen: Kitchen, case: Case, tmp_path: Path):
    case.make(kitchen.forge.create())
    source = kitchen.source("app", target_revision=case.revision, directory=DirectoryOptions(recurse=True))
    match case.expected:
        case Renders(data=data):
            assert await kitchen.data(source) == data
        case Refuses(codes=codes, says=says):
            with pytest.raises(Refused) as refused:
                await kitchen.data(source)
            assert refused.value.code in codes, refused.value.message
            assert re.search(says, refused.value.message)
    assert left_behind(tmp_path) == []
