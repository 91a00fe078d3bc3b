import click
import pytest

from argosy.cli import argv
from argosy.cli.root import root

# What pflag makes of a line, and what click is to get for it.
LINES = {
    "app list -o=json": "app list --output=json",
    "app list -ojson": "app list --output=json",
    "app list -o json": "app list --output=json",
    "app list --output json": "app list --output=json",
    "app list --output=json --output=yaml": "app list --output=json --output=yaml",
    "-o json app list": "app list --output=json",
    "--server a:1 app list": "--server=a:1 app list",
    "app --server=a:1 list": "--server=a:1 app list",
    "app list --server a:1 --plaintext": "--server=a:1 --plaintext app list",
    "app list --grpc-web --insecure=false": "--grpc-web --no-insecure app list",
    "app create web --upsert=true": "app create --upsert web",
    "app create web --upsert=false --validate=0": "app create --no-upsert --no-validate web",
    "app create --upsert web": "app create --upsert web",
    "app create web -p a=1 -p=b=2 --helm-set c=d=e": "app create --parameter=a=1 --parameter=b=2 --helm-set=c=d=e web",
    "app create web --path= --repo https://x/y.git": "app create --path= --repo=https://x/y.git web",
    "app delete web -y": "app delete --yes web",
    "app delete -yp background web": "app delete --yes --propagation-policy=background web",
    "app delete web --cascade=false -y=true": "app delete --no-cascade --yes web",
    "app wait a b --health --timeout 5": "app wait --health --timeout=5 a b",
    "app sync web --resource !apps:Deployment:x": "app sync --resource=!apps:Deployment:x web",
    "app sync --async -- -odd": "app sync --async -- -odd",
    "app create -f - --upsert": "app create --file=- --upsert",
    "app get web --frob=1": "app get web --frob=1",
    "version --client --short": "version --client --short",
    "login 127.0.0.1:80 --username admin --plaintext": "--plaintext login --username=admin 127.0.0.1:80",
    "cluster add ctx --label a=b --label c=d -y": "cluster add --label=a=b --label=c=d --yes ctx",
    "repo add https://x/y -H a:b": "--header=a:b repo add https://x/y",
    "frobnicate --x y": "frobnicate --x y",
    "app list -o": "app list --output",
}


@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_a_line_is_read_as_pflag_reads_it(line, expected):
    assert argv.normalise(root, line.split()) == expected.split()


def test_a_flag_that_is_neither_true_nor_false_is_refused():
    with pytest.raises(click.BadParameter, match="neither true nor false"):
        argv.normalise(root, ["app", "create", "--upsert=maybe"])


def test_options_from_the_environment_are_kept_only_where_they_are_global():
    assert argv.global_options(root, ["--plaintext", "-o", "json", "--server=a"]) == ["--plaintext", "--server=a"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("frob a --b", ("frob", ["a", "--b"])),
        ("--server x frob -c", ("frob", ["-c"])),
        ("--plaintext frob", ("frob", [])),
        ("--help", None),
        ("-- frob", None),
    ],
)
def test_the_place_of_a_commands_name_is_found(line, expected):
    assert argv.first_command(root, line.split()) == expected


@pytest.mark.parametrize("line", LINES)
def test_what_was_rewritten_stays_as_it_is(line):
    once = argv.normalise(root, line.split())
    assert argv.normalise(root, once) == once
