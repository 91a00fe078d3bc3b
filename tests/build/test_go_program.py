"""`go_program.py FOLDER` builds a Go program once for each content of its folder and prints where it is."""

import subprocess
from pathlib import Path

import pytest

SOURCE = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("%s") }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "greeter"
    folder.mkdir()
    (folder / "go.mod").write_text("module greeter\n\ngo 1.26.0\n")
    (folder / "main.go").write_text(SOURCE % "hello")
    return folder


def says(program: str | Path, *arguments: str) -> str:
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def test_it_prints_only_the_path_of_the_program(scripts, folder):
    built = scripts.run("go_program.py", folder)
    assert built.returncode == 0, built.stderr
    assert says(built.stdout.strip()) == "hello\n"
    assert Path(built.stdout.strip()).is_relative_to(scripts.cache / "argosy" / "build")


@pytest.mark.parametrize("asked", [(), ("devcluster", "--go")], ids=["nothing", "two things"])
def test_it_wants_to_know_one_thing_to_do(scripts, asked):
    refused = scripts.run("go_program.py", *asked)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("usage:")


def test_it_tells_where_a_recent_enough_go_is(scripts, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    (old / "go").write_text("#!/bin/sh\necho go1.19.8\n")
    (old / "go").chmod(0o755)
    found = scripts.run("go_program.py", "--go")
    assert (found.returncode, found.stdout) == (0, f"{scripts.go.parent}\n")
    instead = scripts.run("go_program.py", "--go", PATH=str(old))
    assert instead.returncode == 0, instead.stderr
    assert instead.stdout.strip() != str(old)
    assert says(Path(instead.stdout.strip()) / "go", "version").startswith("go version go1.27")


def test_what_is_built_is_not_built_again(scripts, folder):
    first = scripts.run("go_program.py", folder)
    again = scripts.run("go_program.py", folder, GOFLAGS="-this-flag-would-fail")
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, "")


@pytest.mark.parametrize("changed", ["main.go", "go.mod", "embedded/stages.yaml"])
def test_a_change_of_what_it_is_made_of_builds_it_anew(scripts, folder, changed):
    first = scripts.run("go_program.py", folder)
    (folder / changed).parent.mkdir(exist_ok=True)
    with (folder / changed).open("a") as file:
        file.write("// changed\n")
    second = scripts.run("go_program.py", folder)
    assert second.returncode == 0, second.stderr
    assert second.stdout != first.stdout


@pytest.mark.parametrize("changed", ["main_test.go", "README.md"])
def test_tests_and_notes_are_not_what_it_is_made_of(scripts, folder, changed):
    first = scripts.run("go_program.py", folder)
    (folder / changed).write_text("package main\n")
    assert scripts.run("go_program.py", folder).stdout == first.stdout


def test_two_who_want_the_same_program_build_it_once(scripts, folder):
    with scripts.start("go_program.py", folder) as one, scripts.start("go_program.py", folder) as other:
        (first, first_errors), (second, second_errors) = one.communicate(), other.communicate()
    assert first == second
    assert says(first.strip()) == "hello\n"
    assert (first_errors + second_errors).count("building greeter") == 1


def test_what_go_says_about_a_mistake_is_shown(scripts, folder):
    (folder / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    failed = scripts.run("go_program.py", folder)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "main.go:3:15: undefined: undefined" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_program_can_be_copied_to_where_it_is_wanted(scripts, folder, tmp_path):
    target = tmp_path / "package" / "_bin" / "greeter"
    scripts.run("go_program.py", folder, "--install-to", target)
    assert says(target) == "hello\n"
    (folder / "main.go").write_text(SOURCE % "good day")
    scripts.run("go_program.py", folder, "--install-to", target)
    assert says(target) == "good day\n"


def test_only_the_last_builds_are_kept(scripts, folder):
    for number in range(5):
        (folder / "main.go").write_text(SOURCE % number)
        last = scripts.run("go_program.py", folder)
    kept = [path for path in (scripts.cache / "argosy" / "build").iterdir() if path.is_dir()]
    assert len(kept) == 3
    assert Path(last.stdout.strip()).parent in kept


def test_a_program_that_embeds_kubernetes_knows_its_version(scripts, folder):
    library = folder.parent / "kubernetes"
    library.mkdir()
    (library / "go.mod").write_text("module k8s.io/kubernetes\n\ngo 1.26.0\n")
    base = folder.parent / "component-base" / "version"
    base.mkdir(parents=True)
    (base.parent / "go.mod").write_text("module k8s.io/component-base\n\ngo 1.26.0\n")
    (base / "base.go").write_text("package version\n\nvar gitVersion, gitMajor, gitMinor string\n\n" + KNOWN)
    requirements = "require (\n\tk8s.io/kubernetes v1.37.2\n\tk8s.io/component-base v0.37.2\n)\n"
    replacements = "replace k8s.io/kubernetes => ../kubernetes\n\nreplace k8s.io/component-base => ../component-base\n"
    (folder / "go.mod").write_text(f"module greeter\n\ngo 1.26.0\n\n{requirements}\n{replacements}")
    (folder / "main.go").write_text(TELLS_VERSION)
    built = scripts.run("go_program.py", folder)
    assert built.returncode == 0, built.stderr
    assert says(built.stdout.strip()) == "v1.37.2 1 37\n"


KNOWN = 'func Known() string { return gitVersion + " " + gitMajor + " " + gitMinor }\n'
TELLS_VERSION = """package main

import (
	"fmt"

	"k8s.io/component-base/version"
)

func main() { fmt.Println(version.Known()) }
"""
