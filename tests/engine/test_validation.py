import pytest

from argosy.engine import validation
from argosy.engine.model import application, project
from argosy.engine.model.repository import Repository
from argosy.engine.settings import Cluster, RepositoryEntry, Settings

SOURCE = {"repoURL": "https://git.example/org/app", "path": "guestbook"}
DESTINATION = {"server": "https://kubernetes.default.svc", "namespace": "team"}
OPEN = {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}]}


def app(*, name="guestbook", **spec):
    whole = {"project": "default", "source": SOURCE, "destination": DESTINATION, **spec}
    return application.read({"metadata": {"name": name}, "spec": {k: v for k, v in whole.items() if v is not None}})


def proj(name="default", **spec):
    return project.read({"metadata": {"name": name}, "spec": {**OPEN, **spec}})


def fields(found, *, within=None, snapshot=None):
    problems = validation.problems(found, project=within or proj(), snapshot=snapshot or Settings())
    return [problem.field for problem in problems]


def test_a_whole_application_has_no_problems():
    assert fields(app()) == []


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"path": "x", "repoURL": ""}, "spec.source.repoURL"),
        ({"path": "x", "repoURL": "--upload-pack=touch"}, "spec.source.repoURL"),
        ({"path": "x", "repoURL": "https://git.example/a b"}, "spec.source.repoURL"),
        ({"path": "x", "repoURL": "https://git.example/org/../other"}, "spec.source.repoURL"),
        ({"repoURL": "https://git.example/a"}, "spec.source.path"),
        ({"repoURL": "https://git.example/a", "ref": "values"}, "spec.source.path"),
        ({"repoURL": "https://git.example/a", "path": "a/../../b"}, "spec.source.path"),
        ({"repoURL": "https://git.example/a", "path": "/etc"}, "spec.source.path"),
        ({"repoURL": "https://charts.example", "chart": "nginx"}, "spec.source.targetRevision"),
        ({**SOURCE, "helm": {}, "kustomize": {}}, "spec.source"),
    ],
)
def test_what_is_wrong_with_a_source(source, field):
    assert fields(app(source=source)) == [field]


def test_several_sources_are_named_by_their_place_and_may_be_references():
    sources = [{"repoURL": "https://git.example/values", "ref": "values"}, {"repoURL": "https://git.example/a"}]
    assert fields(app(sources=sources)) == ["spec.sources[1].path"]


def test_without_a_source():
    assert fields(app(source=None)) == ["spec.source"]


def test_two_tools_are_named():
    (problem,) = validation.problems(
        app(source={**SOURCE, "helm": {}, "plugin": {}}), project=proj(), snapshot=Settings()
    )
    assert problem.message.startswith("multiple application sources defined: helm, plugin")


@pytest.mark.parametrize(
    ("destination", "field"),
    [
        ({"server": "https://kubernetes.default.svc", "name": "in-cluster"}, "spec.destination.server"),
        ({"namespace": "team"}, "spec.destination.server"),
        ({"server": "https://unknown.example"}, "spec.destination.server"),
        ({"name": "unknown"}, "spec.destination.name"),
        ({"name": "in-cluster", "namespace": "Team!"}, "spec.destination.namespace"),
        ({"name": "in-cluster", "namespace": "a" * 64}, "spec.destination.namespace"),
    ],
)
def test_what_is_wrong_with_a_destination(destination, field):
    assert fields(app(destination=destination)) == [field]


@pytest.mark.parametrize("name", ["", "Guestbook", "a_b", "-a", "a.", "a" * 254, "a/b", "a\n"])
def test_names_are_dns_subdomains(name):
    assert fields(app(name=name)) == ["metadata.name"]


def test_an_unknown_project_is_named():
    (problem,) = validation.problems(app(project="nope"), project=None, snapshot=Settings())
    assert problem.field == "spec.project"
    assert "Application referencing project nope which does not exist" in problem.message


def test_a_duration_that_is_none_is_a_problem_of_this_application():
    policy = {"retry": {"backoff": {"duration": "PT", "maxDuration": "3m"}}}
    assert fields(app(syncPolicy=policy)) == ["spec.syncPolicy.retry.backoff.duration"]


def test_the_hydrator_needs_its_branches():
    hydrator = {
        "drySource": {"repoURL": "", "targetRevision": "HEAD", "path": "x"},
        "syncSource": {"targetBranch": "", "path": "x"},
        "hydrateTo": {"targetBranch": ""},
    }
    assert fields(app(source=None, sourceHydrator=hydrator)) == [
        "spec.sourceHydrator.drySource.repoURL",
        "spec.sourceHydrator.syncSource.targetBranch",
        "spec.sourceHydrator.hydrateTo.targetBranch",
    ]


@pytest.mark.parametrize(
    ("repos", "permitted"),
    [
        (["*"], True),
        (["https://git.example/org/*"], True),
        (["https://GIT.example/org/app.git"], True),
        (["https://git.example/**"], True),
        (["https://git.example/*"], False),
        (["https://git.example/org-evil/*"], False),
        ([], False),
        (["*", "!https://git.example/org/*"], False),
        (["!https://git.example/org/*"], False),
    ],
)
def test_which_sources_a_project_permits(repos, permitted):
    assert fields(app(), within=proj(sourceRepos=repos)) == ([] if permitted else ["spec.source.repoURL"])


def test_a_repository_of_the_project_is_permitted_in_it():
    entry = RepositoryEntry("r", Repository(url=SOURCE["repoURL"], project="default"), managed=True)
    assert fields(app(), within=proj(sourceRepos=[]), snapshot=Settings(repositories=(entry,))) == []
    shared = RepositoryEntry("r", Repository(url=SOURCE["repoURL"]), managed=True)
    assert fields(app(), within=proj(sourceRepos=[]), snapshot=Settings(repositories=(shared,))) == [
        "spec.source.repoURL"
    ]


@pytest.mark.parametrize(
    ("destinations", "permitted"),
    [
        ([{"server": "*", "namespace": "*"}], True),
        ([{"name": "in-cluster", "namespace": "te*"}], True),
        ([{"server": "https://kubernetes.default.svc", "namespace": "other"}], False),
        ([{"server": "https://other", "namespace": "*"}], False),
        ([{"server": "*", "namespace": "*"}, {"server": "*", "namespace": "!team"}], False),
        ([], False),
    ],
)
def test_which_destinations_a_project_permits(destinations, permitted):
    assert fields(app(), within=proj(destinations=destinations)) == ([] if permitted else ["spec.destination"])


def test_a_cluster_of_the_project_is_permitted_in_it_and_may_be_required():
    own = Cluster("https://own.example", "own", project="default")
    found = app(destination={"name": "own", "namespace": "team"})
    snapshot = Settings(clusters=(*Settings().clusters, own))
    assert fields(found, within=proj(destinations=[]), snapshot=snapshot) == []
    strict = proj(permitOnlyProjectScopedClusters=True)
    assert fields(found, within=strict, snapshot=snapshot) == []
    assert fields(app(), within=strict, snapshot=snapshot) == ["spec.destination"]
