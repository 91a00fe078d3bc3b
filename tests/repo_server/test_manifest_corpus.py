"""The odd manifests of `tests/corpus/manifests`, each through the whole repo server."""

import pytest

from repo_server import errors
from tests.corpus.manifests.texts import ODD, Gives, GivesMany, Refused
from tests.repo_server.kitchen import Kitchen, config_map


@pytest.mark.parametrize("name", ODD)
async def test_b_01_to_b_08_and_b_12_an_odd_manifest_is_answered_as_the_corpus_says(kitchen: Kitchen, name: str):
    odd = ODD[name]
    tree = kitchen.forge.create()
    tree.commit({"app/odd.yaml": odd.make()})
    match odd.expected:
        case GivesMany(count=count):
            assert len(await kitchen.manifests(kitchen.source("app"))) == count
        case Gives(objects=objects):
            head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
            assert await kitchen.manifests(kitchen.source("app")) == [{**head, **more} for more in objects]
        case Refused(says=says):
            with pytest.raises(
                errors.Refused, match=rf"app/odd\.yaml, document \d+, line \d+: .*(?:{says})"
            ) as refused:
                await kitchen.render(kitchen.source("app"))
            assert refused.value.code == "render_failed"
            assert "secret" not in refused.value.message
    tree.commit({"app/odd.yaml": config_map("fine")})
    source = kitchen.source("app")
    assert await kitchen.data(source, revision=await kitchen.resolve(source)) == {"fine": None}
