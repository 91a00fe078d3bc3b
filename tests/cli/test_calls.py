import os
import stat
import subprocess
import sys

import pytest

from argosy.cli import __main__ as program


@pytest.mark.parametrize(
    "words",
    [("app", "get"), ("app", "sync"), ("repo", "add"), ("app", "terminate-op"), ("proj", "get"), ("app", "set", "web")],
)
def test_too_few_words_print_the_help_and_exit_with_1(run, words):
    done = run(*words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Usage: argosy {' '.join(words[:2])} [OPTIONS]")
    assert "error: " in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("app", "list", "--frob"), "No such option '--frob'"),
        (("app", "get", "a", "b"), "Got unexpected extra argument"),
        (("app", "list", "-o", "toml"), "'toml' is not one of 'wide', 'name', 'json', 'yaml'"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("app", "frobnicate"), "No such command 'frobnicate'"),
    ],
)
def test_a_call_that_cannot_be_understood_exits_with_1(run, words, message):
    done = run(*words)
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert "--help" in done.err


def test_a_group_alone_prints_its_help(run):
    done = run("app")
    assert done.code == 1
    assert "terminate-op" in done.err


def test_no_words_print_the_help(run):
    done = run()
    assert done.code == 0
    assert done.out.startswith("Usage: argosy [OPTIONS] COMMAND")


def test_kubectl_finds_its_own_name_in_the_help(capsys):
    assert program.run(["app", "get", "-h"], program="kubectl argosy", environment={}) == 0
    assert capsys.readouterr().out.startswith("Usage: kubectl argosy app get [OPTIONS] APPNAME")


@pytest.mark.parametrize("name", ["argosy-hello", "argocd-hello"])
def test_an_unknown_command_is_looked_for_among_the_plugins(tmp_path, name):
    plugin = tmp_path / name
    plugin.write_text('#!/bin/sh\necho "$0 says $*"\nexit 7\n')
    plugin.chmod(stat.S_IRWXU)
    environment = {**os.environ, "PATH": str(tmp_path)}
    words = [sys.executable, "-m", "argosy.cli", "hello", "you", "--loud"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, f"{plugin} says you --loud\n")


def test_a_plugin_does_not_hide_a_command(run, tmp_path):
    plugin = tmp_path / "bin" / "argosy-version"
    plugin.parent.mkdir()
    plugin.write_text("#!/bin/sh\nexit 7\n")
    plugin.chmod(stat.S_IRWXU)
    assert run("version", "--client").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(run, shell):
    assert "_ARGOSY_COMPLETE" in run("completion", shell).out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("argosy ", {"app", "login", "up"}),
        ("argosy app sy", {"sync"}),
        ("argosy app sync --dry", {"--dry-run"}),
        ("argosy app get -o tr", {"tree", "tree=detailed"}),
    ],
)
def test_a_shell_completes_commands_options_and_values(words, expected):
    environment = {
        **os.environ,
        "_ARGOSY_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    program = [sys.executable, "-m", "argosy.cli"]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    found = {line.partition(",")[2] for line in done.stdout.splitlines()}
    assert expected <= found if words.endswith(" ") else expected == found


def test_a_reader_that_goes_away_is_no_error():
    program = f"{sys.executable} -m argosy.cli app create --help | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/bin/bash", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
