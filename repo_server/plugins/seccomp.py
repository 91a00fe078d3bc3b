"""The system calls that a plugin may not make: the second wall, inside bubblewrap's. Called by `walls`.

Namespaces do not divide everything. A socket to the machine's hypervisor (AF_VSOCK) reaches out of any network
namespace, keys are kept by user, and some calls that no renderer needs have been the way out of many a sandbox. They
answer as a kernel does that lacks them, so that programs with another way take it. Programs of another architecture
than the machine's can make no call at all.
"""

import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: all of them are divided by namespaces."""

# From linux/filter.h, linux/bpf_common.h and linux/seccomp.h.
_LOAD_WORD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_FAIL_WITH = 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_OTHER_ABI = 0x40000000
"""Calls of x86-64's x32 have this bit in their number; no other machine has calls so high."""


@dataclass(frozen=True)
class _Machine:
    """The numbers of an architecture (linux/audit.h) and of its calls (asm/unistd.h)."""

    architecture: int
    socket: int
    refused: tuple[int, ...]


_EVERYWHERE = (425, 426, 427)  # io_uring_setup, io_uring_enter, io_uring_register
_MACHINES: Mapping[str, _Machine] = {
    # In both: add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd.
    "x86_64": _Machine(0xC000003E, 41, (248, 249, 250, 298, 321, 323, *_EVERYWHERE)),
    "aarch64": _Machine(0xC00000B7, 198, (217, 218, 219, 241, 280, 282, *_EVERYWHERE)),
}


def program(machine: str = platform.machine()) -> bytes:
    """Return the filter for a machine, as an array of `struct sock_filter`; one that is not in the table allows all."""
    numbers = _MACHINES.get(machine)
    return _instruction(_RETURN, _ALLOW) if numbers is None else b"".join(_instructions(numbers))


def opened() -> int:
    """Return a descriptor that this machine's filter can be read from, once; whoever asked closes it."""
    descriptor = os.memfd_create("calls", os.MFD_CLOEXEC)
    os.pwrite(descriptor, program(), 0)
    return descriptor


def _instructions(machine: _Machine) -> Iterator[bytes]:
    yield _load(_ARCHITECTURE)
    yield _skip_if(_JUMP_IF_EQUAL, machine.architecture)
    yield _fail(errno.ENOSYS)
    yield _load(_NUMBER)
    yield _skip_unless(_JUMP_IF_AT_LEAST, _OTHER_ABI)
    yield _fail(errno.ENOSYS)
    for number in machine.refused:
        yield _skip_unless(_JUMP_IF_EQUAL, number)
        yield _fail(errno.ENOSYS)
    yield _skip_if(_JUMP_IF_EQUAL, machine.socket)
    yield _instruction(_RETURN, _ALLOW)
    yield _load(_FIRST_ARGUMENT)
    for family in _FAMILIES:
        yield _skip_unless(_JUMP_IF_EQUAL, family)
        yield _instruction(_RETURN, _ALLOW)
    yield _fail(errno.EAFNOSUPPORT)


def _load(offset: int) -> bytes:
    return _instruction(_LOAD_WORD, offset)


def _skip_if(comparison: int, value: int) -> bytes:
    """Skip the next instruction if the comparison holds."""
    return _instruction(comparison, value, if_true=1)


def _skip_unless(comparison: int, value: int) -> bytes:
    return _instruction(comparison, value, if_false=1)


def _fail(number: int) -> bytes:
    return _instruction(_RETURN, _FAIL_WITH | number)


def _instruction(code: int, operand: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
