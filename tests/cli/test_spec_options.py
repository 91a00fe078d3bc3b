import copy
import shlex
from pathlib import Path

import pytest
import yaml

from argosy.cli import argv
from argosy.cli.commands.app import set as set_command
from argosy.cli.commands.app import unset as unset_command
from argosy.cli.errors import CommandError
from argosy.cli.root import root
from argosy.cli.spec import document
from argosy.cli.spec.apply import SourceAt, TheSource, apply, choose_source, was_given
from argosy.cli.spec.options import all_options
from argosy.cli.spec.unset import unset


def given(command, line):
    """Parse options as the command would."""
    words = argv.normalise(root, ["app", command.__name__.rpartition(".")[2], "web", *shlex.split(line)])
    return command.command.make_context("x", words[2:]).params


CASES = yaml.safe_load(Path(__file__).with_name("spec_options.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["options"] for case in CASES])
def test_options_change_the_spec(case):
    before = copy.deepcopy(case["before"])
    assert apply(before, given(set_command, case["options"]), at=TheSource()) == case["after"]
    assert before == case["before"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--auto-prune", "--auto-prune has no meaning without automated sync"),
        ("--sync-policy perhaps", "'perhaps' is none of"),
        ("--helm-set a", "--helm-set 'a' is not of the form name=value"),
        ("--kustomize-common-label =b", "'=b' is not of the form name=value"),
    ],
)
def test_what_cannot_be_is_refused(line, message):
    with pytest.raises(CommandError, match=message):
        apply({}, given(set_command, line), at=TheSource())


def test_an_option_that_was_not_given_changes_nothing():
    assert not any(was_given(given(set_command, ""), option) for option in all_options())
    assert any(was_given(given(set_command, "--self-heal=false"), option) for option in all_options())


def test_one_of_several_sources_is_changed():
    spec = {"sources": [{"repoURL": "a"}, {"repoURL": "b", "name": "two"}]}
    at = choose_source(spec, position=None, name="two")
    assert at == SourceAt(2)
    changed = apply(spec, given(set_command, "--path p"), at=at)
    assert changed["sources"] == [{"repoURL": "a"}, {"repoURL": "b", "name": "two", "path": "p"}]


@pytest.mark.parametrize(
    ("position", "name", "message"),
    [(None, None, "has 2 sources"), (3, None, "not between 1 and 2"), (None, "x", "0 sources named")],
)
def test_a_source_that_is_not_clear_is_refused(position, name, message):
    with pytest.raises(CommandError, match=message):
        choose_source({"sources": [{}, {}]}, position=position, name=name)


UNSET = [
    ("{helm: {parameters: [{name: a}, {name: b}]}}", "-p a", "{helm: {parameters: [{name: b}]}}"),
    ("{helm: {parameters: [{name: a}]}}", "-p a", "{}"),
    ("{helm: {valueFiles: ['a:b.yaml', c.yaml]}}", "--values a:b.yaml", "{helm: {valueFiles: [c.yaml]}}"),
    ("{helm: {values: x, valuesObject: {y: 1}, releaseName: r}}", "--values-literal", "{helm: {releaseName: r}}"),
    ("{kustomize: {images: ['nginx:1', 'a=b:1']}}", "--kustomize-image nginx --kustomize-image a=z", "{}"),
    ("{kustomize: {namePrefix: a, nameSuffix: b}}", "--nameprefix", "{kustomize: {nameSuffix: b}}"),
    ("{ref: x, plugin: {env: [{name: A, value: '1'}]}}", "--ref --plugin-env A", "{}"),
    ("{path: p}", "-p nothing", "{path: p}"),
]


@pytest.mark.parametrize(("before", "line", "after"), UNSET)
def test_what_was_set_is_taken_back(before, line, after):
    assert unset(yaml.safe_load(before), given(unset_command, line)) == yaml.safe_load(after)


def test_a_path_is_made_and_unmade():
    made = document.put({}, ("a", "b", "c"), 1)
    assert made == {"a": {"b": {"c": 1}}}
    assert document.put(made, ("a", "b", "c"), "") == {}
    assert document.get(made, ("a", "b", "c")) == 1
    assert document.get(made, ("a", "x", "c")) is None


def test_a_file_of_values_is_read_into_the_spec(tmp_path):
    (tmp_path / "values.yaml").write_text("replicas: 2\n")
    before = {"source": {"helm": {"valuesObject": {"replicas": 1}}}}
    changed = apply(before, given(set_command, f"--values-literal-file {tmp_path}/values.yaml"), at=TheSource())
    assert changed == {"source": {"helm": {"values": "replicas: 2\n"}}}


def test_a_file_of_values_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="/nonexistent cannot be read: No such file"):
        apply({}, given(set_command, "--values-literal-file /nonexistent"), at=TheSource())
