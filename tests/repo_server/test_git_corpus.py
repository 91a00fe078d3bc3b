"""The hostile repositories of `tests/corpus/git`, each through the whole repo server."""

import re

import pytest

from argosy.engine.model.source import DirectoryOptions
from repo_server.errors import Refused
from tests.corpus.git import trees
from tests.corpus.git.cases import Case, Refuses, Renders
from tests.repo_server.kitchen import Kitchen

CASES = {"B-50": trees.CASES}


def every() -> list[object]:
    return [
        pytest.param(case, id=f"{number} {case.name}".encode("ascii", "backslashreplace").decode())
        for number, cases in CASES.items()
        for case in cases
    ]


@pytest.mark.parametrize("case", every())
async def test_a_hostile_repository_is_answered_as_the_corpus_says(kitchen: Kitchen, case: Case):
    case.make(kitchen.forge.create())
    source = kitchen.source("app", directory=DirectoryOptions(recurse=True))
    match case.expected:
        case Renders(data=data):
            assert await kitchen.data(source) == data
        case Refuses(codes=codes, says=says):
            with pytest.raises(Refused) as refused:
                await kitchen.data(source)
            assert refused.value.code in codes, refused.value.message
            assert re.search(says, refused.value.message)
