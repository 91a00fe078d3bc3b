"""2.44 with 2.66: the tree that a plugin works on holds the files of submodules, if they are fetched."""

import pytest

from repo_server.errors import Refused
from repo_server.git.submodules import Composer
from repo_server.web.client import Web
from tests.repo_server.plugins.conftest import Workshop
from tests.repo_server.repositories import Forge, Reach, link


async def test_2_44_the_files_of_a_submodule_are_there(workshop: Workshop, forge: Forge, reach: Reach, web: Web):
    pinned = forge.create("other").commit({"a": "of the submodule", "below/b": ""})
    tree = forge.create()
    tree.commit({"app/own": ""})
    commit = link(tree, "app/other", pinned, forge.address("other"))
    composer, mirror = Composer(reach.mirrors, web=web), await reach.mirror(forge.address())
    name = workshop.script("find . -type f | sort; cat other/a")
    files = await composer.tree(mirror, commit, submodules=True)
    assert (await workshop.render(name, files, "app")).split("\n") == [
        "./other/a",
        "./other/below/b",
        "./own",
        "of the submodule",
    ]
    with pytest.raises(Refused, match="'app/other' is a submodule, and submodules are not fetched"):
        await workshop.render(name, await composer.tree(mirror, commit, submodules=False), "app")
