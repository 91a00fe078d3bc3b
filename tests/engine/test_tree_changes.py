"""What changed between trees: a reader that applies every change holds the same tree as one that reads it whole."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.tree import ApplicationTree, Host, ResourceNode, TreeChanges
from argosy.engine.tree import Versions, key_of

NODE = st.builds(ResourceNode, st.just("Pod"), st.sampled_from("abcdef"), resource_version=st.sampled_from("12"))
NODES = st.lists(NODE, max_size=6, unique_by=lambda node: node.name).map(
    lambda nodes: tuple(sorted(nodes, key=lambda node: node.name))
)


@st.composite
def trees(draw: st.DrawFn) -> ApplicationTree:
    nodes = draw(NODES)
    number = draw(st.integers(0, len(nodes)))
    hosts = draw(st.lists(st.sampled_from("xy").map(Host), max_size=1).map(tuple))
    return ApplicationTree(nodes[:number], nodes[number:], hosts)


class Reader:
    """Holds a tree, and brings it up to date."""

    def __init__(self) -> None:
        self.version = ""
        self.tree = ApplicationTree()

    def take(self, changes: TreeChanges) -> None:
        before = ApplicationTree() if changes.whole else self.tree
        gone = {(each.group, each.kind, each.namespace, each.name) for each in changes.removed}
        gone |= {tuple(key_of(each)) for each in (*changes.nodes, *changes.orphaned_nodes)}

        def merged(old: tuple[ResourceNode, ...], new: tuple[ResourceNode, ...]) -> tuple[ResourceNode, ...]:
            return tuple(sorted((*(n for n in old if tuple(key_of(n)) not in gone), *new), key=key_of))

        self.version = changes.version
        self.tree = ApplicationTree(
            merged(before.nodes, changes.nodes),
            merged(before.orphaned_nodes, changes.orphaned_nodes),
            before.hosts if changes.hosts is None else changes.hosts,
        )


@given(st.lists(st.tuples(trees(), st.booleans()), max_size=30))
def test_a_reader_of_changes_holds_the_tree_however_often_it_asks(steps: list[tuple[ApplicationTree, bool]]) -> None:
    versions, reader = Versions("run"), Reader()
    for tree, asks in steps:
        versions.take(tree)
        assert versions.tree == tree
        if asks:
            reader.take(versions.since(reader.version))
            assert reader.tree == tree


def node(name: str, version: str = "1") -> ResourceNode:
    return ResourceNode("Pod", name, resource_version=version)


def test_one_changed_object_is_all_that_is_sent() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree((node("a"), node("b"), node("c")), hosts=(Host("x"),)))
    first = versions.since("")
    assert first.whole
    versions.take(ApplicationTree((node("a"), node("b", "2")), hosts=(Host("x"),)))
    changes = versions.since(first.version)
    assert (changes.whole, changes.nodes, [each.name for each in changes.removed], changes.hosts) == (
        False,
        (node("b", "2"),),
        ["c"],
        None,
    )
    assert versions.since(changes.version) == TreeChanges(changes.version)


def test_a_tree_that_is_the_same_makes_no_version() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree((node("a"),)))
    version = versions.since("").version
    versions.take(ApplicationTree((node("a"),)))
    assert versions.since("").version == version


def test_an_empty_tree_is_a_version_too() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree())
    assert versions.since(versions.since("").version) == TreeChanges("run.1")


def test_a_version_of_another_process_or_the_future_begins_afresh() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree((node("a"),)))
    assert all(versions.since(each).whole for each in ("other.1", "run.2", "run.x", "run", "-1", "run.-1"))


def test_what_is_gone_is_not_remembered_for_ever() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree((node("first"),)))
    first = versions.since("").version
    for number in range(100):
        versions.take(ApplicationTree((node(str(number)),)))
        assert len(versions._changed) <= 6
    assert versions.since(first).whole


def test_an_object_that_becomes_an_orphan_moves() -> None:
    versions = Versions("run")
    versions.take(ApplicationTree((node("a"),)))
    version = versions.since("").version
    versions.take(ApplicationTree((), (node("a"),)))
    changes = versions.since(version)
    assert (changes.nodes, changes.orphaned_nodes, changes.removed) == ((), (node("a"),), ())
