"""What a plugin cannot do, and what is left of it. S-070, S-116, S-117, S-125, S-141."""

import asyncio
import contextlib
import os
import platform
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from argosy.engine.model.source import EnvironmentEntry, PluginOptions
from repo_server.errors import Refused
from repo_server.plugins import seccomp
from repo_server.plugins.plugins import Limits
from repo_server.plugins.removal import remove
from repo_server.plugins.rooms import Rooms
from tests.repo_server.plugins.conftest import BUILD, Workshop
from tests.repo_server.plugins.trees import of_files

MEBIBYTE = 1024 * 1024


def _running(mark: str) -> list[int]:
    """Return the processes with this text on their command line."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark.encode() in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
    return found


async def _until(holds: Callable[[], bool]) -> None:
    """Look again and again, for half a minute: nobody tells us of processes that are not ours."""
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that")


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _refused(workshop: Workshop, script: str, **limits: float) -> str:
    """Render with a plugin that breaks a limit, and return what is said of it."""
    given = Limits(**{"seconds": 20, "fatal_seconds": 0.2, **limits})
    with pytest.raises(Refused) as refused:
        await workshop.render(workshop.script(script), of_files({"app/a": ""}), limits=given)
    assert refused.value.code == "limit_exceeded", refused.value.message
    return refused.value.message


async def test_s_116_no_file_of_the_server_is_there(workshop: Workshop):
    workshop.state.mkdir(exist_ok=True)
    secret = workshop.state / "token"
    secret.write_text("only for us")
    workshop.script("echo", name="other")
    paths = [secret, workshop.folder / "other", Path.home(), "/etc/shadow", "/etc/hostname", "/root", "/work", "/var"]
    name = workshop.script(
        "".join(f"ls -d '{path}' 2>/dev/null\n" for path in paths)
        + "ls / | tr '\\n' ' '; ls /etc | grep -c ssh || true"
    )
    printed = (await workshop.render(name, of_files({"app/a": ""}))).split()
    allowed = {"bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "nix", "opt", "proc", "sbin", "source"}
    assert printed[-1] == "0"
    assert set(printed[:-1]) <= {*allowed, "tmp", "usr"}


async def test_s_116_files_of_the_server_below_a_system_folder_are_hidden(workshop: Workshop):
    """As if the state folder and the token stood in /usr, which plugins see."""
    folder, file = Path("/usr/share/doc"), Path("/usr/bin/env")
    name = workshop.script(f"ls {folder} | wc -l; head -c 4 {file} 2>/dev/null || echo hidden")
    tree = of_files({"app/a": ""})
    assert await workshop.render(name, tree, hidden=(folder, file)) == "0\nhidden\n"
    assert (await workshop.render(name, tree)).endswith("ELF")


async def test_s_116_nothing_but_the_checkout_and_tmp_can_be_written(workshop: Workshop):
    name = workshop.script(
        "for place in / /usr /etc /dev /home/argocd /home/argocd/cmp-server/config /proc/sys/kernel/hostname; do\n"
        "  (echo x > $place/x || echo x > $place) 2>/dev/null && echo wrote $place\n"
        "done\n"
        "for place in /source . /tmp /dev/shm $HOME; do echo x > $place/x && echo wrote $place; done"
    )
    printed = await workshop.render(name, of_files({"app/a": ""}))
    assert printed.splitlines() == [f"wrote {place}" for place in ("/source", ".", "/tmp", "/dev/shm", "/tmp")]


async def test_s_116_the_next_render_gets_a_clean_checkout(workshop: Workshop):
    tree = of_files({"app/a": "fresh"})
    name = workshop.script("cat a; ls -A . /tmp /dev/shm; echo spoilt > a; touch b /tmp/c /dev/shm/d; rm -rf ../lib")
    first = await workshop.render(name, tree)
    assert first == await workshop.render(name, tree)
    assert first.startswith("fresh")


@pytest.mark.parametrize("daemon", ["sleep {} &", "setsid sleep {} >/dev/null 2>&1 &", "(setsid nohup sleep {} &) &"])
async def test_s_116_no_daemon_outlives_its_render(workshop: Workshop, daemon: str):
    mark = f"98765{time.time_ns() % 10**9}"
    name = workshop.script(daemon.format(mark) + "\necho done")
    assert await workshop.render(name, of_files({"app/a": ""})) == "done\n"
    assert _running(mark) == []


async def test_s_116_a_fork_bomb_hurts_only_itself(workshop: Workshop):
    bomb = "f() { f | f & }\nf 2>/dev/null\nwhile :; do sleep 1; done"
    said = await _refused(workshop, bomb, processes=64, seconds=3)
    assert "was stopped: it took " in said  # whichever limit it meets first: it may fail to fork and just sit there
    assert await workshop.render(workshop.script("echo fine", name="q"), of_files({"app/a": ""})) == "fine\n"


async def test_s_116_a_gigabyte_of_output_is_cut_off(workshop: Workshop):
    said = await _refused(workshop, "head -c 1000000000 /dev/zero", output=MEBIBYTE)
    assert "was stopped: it took more than 1 MiB of output" in said
    said = await _refused(workshop, "yes error >&2", output=MEBIBYTE)
    assert "was stopped: it took more than 1 MiB of output:\n" in said


async def test_s_116_output_up_to_the_limit_is_whole(workshop: Workshop):
    name = workshop.script(f"head -c {MEBIBYTE} /dev/zero")
    printed = await workshop.render(name, of_files({"app/a": ""}), limits=Limits(output=MEBIBYTE))
    assert len(printed) == MEBIBYTE


async def test_s_116_no_other_process_is_seen_or_reached(workshop: Workshop):
    name = workshop.script(
        f"ls /proc | grep -c '^[0-9]'; kill -0 {os.getppid()} 2>/dev/null || echo no; cat /proc/1/comm"
    )
    printed = await workshop.render(name, of_files({"app/a": ""}))
    count, reached, first = printed.splitlines()
    assert (int(count) <= 5, reached, first) == (True, "no", "bwrap")


async def test_s_116_it_cannot_become_anybody_else(workshop: Workshop):
    name = workshop.script(
        "grep -E 'CapEff|CapPrm|NoNewPrivs' /proc/self/status | tr -d '\\t'\n"
        "unshare --user true 2>/dev/null || echo no\nid -u"
    )
    printed = (await workshop.render(name, of_files({"app/a": ""}))).splitlines()
    none = "0" * 16
    assert printed == [f"CapPrm:{none}", f"CapEff:{none}", "NoNewPrivs:1", "no", str(os.getuid() or 65534)]


async def test_s_117_the_environment_is_an_allow_list(workshop: Workshop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leaked")
    monkeypatch.setenv("ARGOSY_REPO_SERVER_TOKEN_FILE", "leaked")
    options = PluginOptions(env=(EnvironmentEntry(name="LD_PRELOAD", value="/evil.so"),))
    name = workshop.script("env -0 | sort -z | cut -z -d= -f1 | tr '\\000' ' '; cat /proc/1/environ | tr '\\000' ' '")
    printed = await workshop.render(name, of_files({"app/a": ""}), options=options, environment=BUILD)
    assert "leaked" not in printed
    names, _, _ = printed.partition("TMPDIR ")
    assert names.split() == [
        *("ARGOCD_APP_NAME", "ARGOCD_APP_NAMESPACE", "ARGOCD_APP_PARAMETERS", "ARGOCD_APP_REVISION"),
        *("ARGOCD_ENV_LD_PRELOAD", "HOME", "LANG", "PATH", "PWD"),
    ]


async def test_s_117_a_variable_that_the_administrator_lets_in_arrives_and_is_not_told(workshop: Workshop):
    environment = {"VAULT_LOGIN": "open sesame", "OTHER": "stays"}
    script = (
        "echo $VAULT_LOGIN $OTHER\n[ -z $ARGOCD_ENV_FAIL ] && exit\n"
        "echo $VAULT_LOGIN $ARGOCD_ENV_DB_PASSWORD >&2; exit 1"
    )
    name = workshop.script(script, annotations='argosy/environment: "VAULT_LOGIN, ABSENT"')
    tree = of_files({"app/a": ""})
    assert await workshop.render(name, tree, environment=BUILD, started_with=environment) == "open sesame\n"
    options = PluginOptions(
        env=(EnvironmentEntry(name="FAIL", value="1"), EnvironmentEntry(name="DB_PASSWORD", value="hunter2!"))
    )
    with pytest.raises(Refused) as refused:
        await workshop.render(name, tree, options=options, started_with=environment)
    assert refused.value.message.endswith("\n*** ***")


REACH = """
import socket, sys
tries = {
    "v4": lambda: socket.create_connection(("%(host)s", %(port)d), timeout=2),
    "v6": lambda: socket.create_connection(("::1", %(port)d), timeout=2),
    "outside": lambda: socket.create_connection(("192.0.2.1", 80), timeout=2),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    "abstract": lambda: socket.socket(socket.AF_UNIX).connect("\\0%(name)s"),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect("%(path)s"),
    "dns": lambda: socket.getaddrinfo("example.org", 80),
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).connect((2, 1)),
}
for name, attempt in tries.items():
    try:
        attempt()
        print("reached", name)
    except OSError as error:
        print("failed", name, file=sys.stderr)
print([name for _, name in socket.if_nameindex()])
"""


@pytest.fixture
def listeners(tmp_path: Path) -> Iterator[dict[str, object]]:
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as named:
        name = f"argosy-test-{os.getpid()}"
        path = f"/tmp/{name}.socket"
        tcp.bind(("127.0.0.1", 0))
        abstract.bind(f"\0{name}")
        named.bind(path)
        Path(path).chmod(0o777)
        for listener in (tcp, abstract, named):
            listener.listen()
        yield {"host": "127.0.0.1", "port": tcp.getsockname()[1], "name": name, "path": path}
        Path(path).unlink()


async def test_s_125_no_socket_reaches_anything(workshop: Workshop, listeners: dict[str, object]):
    name = workshop.script("exec python3 try.py")
    tree = of_files({"app/try.py": REACH % listeners})
    assert await workshop.render(name, tree) == "['lo']\n"


async def test_s_125_unless_the_administrator_gives_it_the_network(workshop: Workshop, listeners: dict[str, object]):
    name = workshop.script("exec python3 try.py", annotations='argosy/network: "true"')
    assert "reached v4\n" in await workshop.render(name, of_files({"app/try.py": REACH % listeners}))


async def test_what_else_it_may_read_is_the_administrators_to_say(workshop: Workshop):
    tools = workshop.folder.parent / "tools"
    tools.mkdir(mode=0o755)
    (tools / "version").write_text("1.2.3")
    tree = of_files({"app/a": ""})
    with pytest.raises(Refused, match="No such file or directory"):
        await workshop.render(workshop.script(f"cat {tools}/version", name="without"), tree)
    allowed = workshop.script(
        f"cat {tools}/version; echo x 2>/dev/null > {tools}/version || true",
        name="with",
        annotations=f"argosy/readable: {tools}",
    )
    assert await workshop.render(allowed, tree) == "1.2.3"
    assert (tools / "version").read_text() == "1.2.3"
    missing = workshop.script("echo", name="missing", annotations="argosy/readable: /no/such/folder")
    with pytest.raises(Refused, match=r"plugin 'missing' cannot be shut in: .*/no/such/folder") as refused:
        await workshop.render(missing, tree)
    assert refused.value.code == "unavailable"


CALLS = """
import ctypes, errno, os, platform, socket
numbers = {"x86_64": (248, 250, 321, 298, 323, 425), "aarch64": (217, 219, 280, 241, 282, 425)}[platform.machine()]
call = ctypes.CDLL(None, use_errno=True).syscall
print({(call(number, 0, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()]) for number in numbers})
for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG, socket.AF_CAN, 44):
    try:
        socket.socket(family, socket.SOCK_RAW)
    except OSError as error:
        print(errno.errorcode[error.errno])
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    socket.socket(family, socket.SOCK_STREAM).close()
print(len(socket.socketpair()), os.getpid() > 0)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="calls are refused on these two only")
async def test_s_125_what_namespaces_do_not_divide_is_refused(workshop: Workshop):
    name = workshop.script("exec python3 calls.py", annotations='argosy/network: "true"')
    printed = await workshop.render(name, of_files({"app/calls.py": CALLS}))
    assert printed == "{(-1, 'ENOSYS')}\n" + "EAFNOSUPPORT\n" * 5 + "2 True\n"


def test_a_machine_that_is_not_known_has_its_calls_let_through():
    assert len(seccomp.program("riscv64")) == 8
    assert seccomp.program("aarch64") != seccomp.program("x86_64")


@pytest.mark.parametrize("text", ["-n", "--version", "--", "--bind", "-c", "$(id)", "; id", "`id`"])
async def test_s_123_no_text_of_a_user_is_taken_for_an_option_or_a_script(workshop: Workshop, text: str):
    """The path and the plugin's name are all that comes from outside; the rest of the command line is ours."""
    workshop.declare(
        "odd", f"kind: ConfigManagementPlugin\nmetadata: {{name: {text!r}}}\nspec: {{generate: {{command: [pwd]}}}}\n"
    )
    tree = of_files({f"{text}/a": ""})
    assert await workshop.render(text, tree, text) == f"/source/{text}\n"


async def test_s_141_memory(workshop: Workshop):
    hog = "exec python3 -c 'x = bytearray(4 << 30)'"
    said = await _refused(workshop, hog, memory=256 * MEBIBYTE)
    assert "it may have been refused more than 256 MiB of memory:\n" in said
    assert said.endswith("MemoryError")


async def test_s_141_memory_of_all_processes_together(workshop: Workshop):
    hog = "python3 -c 'import time; x = bytearray(100 << 20); time.sleep(60)' &\n"
    said = await _refused(workshop, hog * 4 + "wait", memory=256 * MEBIBYTE)
    assert "was stopped: it took more than 256 MiB of memory" in said


async def test_s_141_shared_memory_counts_too(workshop: Workshop):
    hog = (
        "import mmap, time\nx = mmap.mmap(-1, 300 << 20)\nfor _ in range(300): x.write(bytes(1 << 20))\ntime.sleep(60)"
    )
    said = await _refused(workshop, f"exec python3 -c '{hog}'", memory=200 * MEBIBYTE)
    assert "was stopped: it took more than 200 MiB of memory" in said


async def test_s_141_processes(workshop: Workshop):
    said = await _refused(workshop, "for i in $(seq 1000); do sleep 60 & done; wait", processes=100)
    assert "more than 100 processes" in said


async def test_s_141_files(workshop: Workshop):
    many = 'exec python3 -c \'for i in range(10**6): open(f"/tmp/{i}", "w").close()\''
    said = await _refused(workshop, many, files=2000)
    assert "was stopped: it took more than 2,000 files" in said


async def test_s_141_a_file_that_is_too_large(workshop: Workshop):
    said = await _refused(workshop, "head -c 10000000000 /dev/zero > log", disk=32 * MEBIBYTE)
    assert "more than 32 MiB of disk" in said


async def test_s_141_files_that_are_too_large_together(workshop: Workshop):
    many = "for i in $(seq 100); do head -c 10000000 /dev/zero > $i; done; sleep 60"
    said = await _refused(workshop, many, disk=64 * MEBIBYTE)
    assert "was stopped: it took more than 64 MiB of disk" in said


async def test_s_141_folders_deeper_than_any_path(workshop: Workshop):
    dig = 'import os, time\nfor _ in range(60): os.mkdir("d" * 100); os.chdir("d" * 100)\ntime.sleep(60)'
    said = await _refused(workshop, f"cd /tmp; exec python3 -c '{dig}'")
    assert "was stopped: it took more than 200,000 files" in said


async def test_s_070_nothing_is_left_of_a_killed_server(workshop: Workshop):
    """A server is killed in the middle of a render: its plugin ends at once, and its files at the next start."""
    mark = f"98765{time.time_ns() % 10**9}"
    program = f"""
import asyncio, pathlib, sys
sys.path[:] = {sys.path!r}
from argosy.gateways.clock import SystemClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.worker import Program
from repo_server.plugins.plugins import Plugins, Setup
from repo_server.wiring import PACKAGED_TOOL_WORKER
from tests.repo_server.plugins.trees import tree_of

async def main():
    pool = Pool(Program(path=PACKAGED_TOOL_WORKER), size=1, clock=SystemClock())
    folder, state = pathlib.Path({str(workshop.folder)!r}), pathlib.Path({str(workshop.state)!r})
    plugins = Plugins(Setup(folder=folder, state=state, parallel=1), tools=pool)
    plugins.open()
    tree = tree_of({{"app": {{"a": b"secret of a tenant"}}}})
    await plugins.render(await plugins.named("p"), tree=tree, path="app", environment={{}}, options=None)

asyncio.run(main())
"""
    workshop.script(f"chmod 0 . ; sleep {mark}")
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=Path(__file__).parents[3])
    await _until(lambda: _running(f"sleep\0{mark}") != [])
    server.send_signal(signal.SIGKILL)
    await server.wait()
    await _until(lambda: _running(mark) == [])
    rooms = Rooms(workshop.state)
    assert len(list(rooms._folder.iterdir())) == 1
    rooms.open()
    assert list(rooms._folder.iterdir()) == []


async def test_a_caller_that_goes_away_takes_its_plugin_along(workshop: Workshop):
    mark = f"98765{time.time_ns() % 10**9}"
    render = asyncio.create_task(workshop.render(workshop.script(f"sleep {mark}"), of_files({"app/a": ""})))
    await _until(lambda: _running(f"sleep\0{mark}") != [])
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await render
    assert _running(mark) == []
    assert workshop.left() == []


async def test_descriptors_are_as_before(workshop: Workshop):
    tree = of_files({"app/a": ""})
    fine, failing = workshop.script("true"), workshop.script("exit 1", name="failing")
    await workshop.render(fine, tree)
    before = _descriptors()
    for _ in range(5):
        await workshop.render(fine, tree)
        with pytest.raises(Refused):
            await workshop.render(failing, tree, limits=Limits(seconds=0.5))
    assert _descriptors() <= before


async def test_only_so_many_run_at_once(workshop: Workshop):
    """Each holds a port of the shared network for a while; two at once would not both get it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hold = f'import socket, time; s = socket.socket(); s.bind(("127.0.0.1", {port})); time.sleep(0.2)'
    name = workshop.script(f"python3 -c '{hold}' && echo held", annotations='argosy/network: "true"')
    plugins = workshop.plugins(parallel=1)
    plugin, tree = await plugins.named(name), of_files({"app/a": ""})
    told = {"tree": tree, "path": "app", "environment": BUILD, "options": None}
    assert await asyncio.gather(*(plugins.render(plugin, **told) for _ in range(4))) == [b"held\n"] * 4


@contextlib.contextmanager
def _program(workshop: Workshop, text: str) -> Iterator[Path]:
    """Yield a folder with a bubblewrap of this text."""
    folder = workshop.folder.parent / "bin"
    folder.mkdir()
    (folder / "bwrap").write_text(text)
    (folder / "bwrap").chmod(0o755)
    yield folder


async def test_without_bubblewrap_nothing_runs(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    tree = of_files({"app/a": "x"})
    name = workshop.script("cat a; pwd; ls -d /root")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match=r"cannot shut a plugin in: bubblewrap \(bwrap\) is not installed\.") as refused:
        await workshop.render(name, tree)
    assert refused.value.code == "unavailable"
    with _program(workshop, "#!/bin/sh\necho no namespaces here >&2; exit 1\n") as folder:
        monkeypatch.setenv("PATH", str(folder))
        with pytest.raises(Refused, match=r"cannot shut a plugin in: no namespaces here\. No plugin is run"):
            await workshop.render(name, tree)
    printed = await workshop.render(name, tree, allow_unsandboxed=True)
    assert printed.startswith("x")
    assert "/source/app\n" in printed


@pytest.mark.parametrize("script", ["sleep {} & wait", "setsid sleep {} & wait"])
async def test_unsandboxed_a_plugin_ends_at_its_time_too(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
):
    tree = of_files({"app/a": ""})
    mark = f"98765{time.time_ns() % 10**9}"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="longer than"):
        await workshop.render(
            workshop.script(script.format(mark)),
            tree,
            allow_unsandboxed=True,
            limits=Limits(seconds=0.5, fatal_seconds=0.2),
        )
    assert _running(mark) == []


def test_whatever_a_plugin_left_is_removed(tmp_path: Path):
    room, outside = tmp_path / "room", tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    room.mkdir()
    deep = os.open(room, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=deep)
        below = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(deep)
    for name in ("0.gone", "1.gone"):
        (room / name).mkdir()
        (room / name / "file").write_text("")
    (room / "link").symlink_to(outside)
    (room / "closed").mkdir()
    (room / "closed" / "in").mkdir()
    (room / "closed").chmod(0)
    os.mkfifo(room / "pipe")
    remove(room)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").exists()
    remove(room)
