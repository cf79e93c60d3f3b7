"""Runs a command in a kernel that refuses something: refuse.py WHAT... -- COMMAND...

notification  the notification of system calls (seccomp), as a container may
memory        reading another process's memory, as Docker before 23 did
ipv6          sockets of IPv6, as a kernel that was started with ipv6.disable=1

A seccomp filter does it, so it needs no privilege; it holds for all that the command
starts. Set-user-ID programs, sudo among them, gain nothing behind it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from dataclasses import dataclass

# <linux/audit.h>, and each architecture's numbers of its system calls.
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "x86_64": {
        "socket": 41,
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "seccomp": 317,
    },
    "aarch64": {
        "ptrace": 117,
        "socket": 198,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "seccomp": 277,
    },
}
NEW_LISTENER = 1 << 3  # SECCOMP_FILTER_FLAG_NEW_LISTENER


@dataclass(frozen=True)
class Rule:
    """A system call that fails; with an argument, only if it is, or has the bits of, `value`."""

    call: str
    error: int
    argument: int | None = None
    value: int = 0
    bits: bool = False


RULES = {
    "notification": [Rule("seccomp", errno.EPERM, 1, NEW_LISTENER, bits=True)],
    "memory": [
        Rule(call, errno.EPERM) for call in ("process_vm_readv", "process_vm_writev", "ptrace")
    ],
    "ipv6": [Rule("socket", errno.EAFNOSUPPORT, 0, socket.AF_INET6)],
}

# Instructions of classic BPF, and offsets in struct seccomp_data (little-endian).
LOAD, JUMP_IF_EQUAL, JUMP_IF_BITS, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, FAIL = 0x7FFF0000, 0x00050000


def filter_of(rules: list[Rule], machine: str) -> bytes:
    """The filter, as the kernel takes it."""

    def instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
        return struct.pack("<HBBI", code, jump_true, jump_false, value)

    program = [
        instruction(LOAD, ARCHITECTURE),
        instruction(JUMP_IF_EQUAL, ARCHITECTURES[machine], 1, 0),
        instruction(RETURN, ALLOW),
    ]
    for rule in rules:
        refused = instruction(RETURN, FAIL | rule.error)
        program.append(instruction(LOAD, NUMBER))
        if rule.argument is None:
            program.append(instruction(JUMP_IF_EQUAL, NUMBERS[machine][rule.call], 0, 1))
        else:
            jump = JUMP_IF_BITS if rule.bits else JUMP_IF_EQUAL
            program.append(instruction(JUMP_IF_EQUAL, NUMBERS[machine][rule.call], 0, 3))
            program.append(instruction(LOAD, ARGUMENTS + 8 * rule.argument))
            program.append(instruction(jump, rule.value, 0, 1))
        program.append(refused)
    program.append(instruction(RETURN, ALLOW))
    return b"".join(program)


def install(code: bytes) -> None:
    """Puts a filter on this process and all that it will start."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    instructions = ctypes.create_string_buffer(code, len(code))
    program = Program(len(code) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    set_no_new_privileges, set_seccomp, mode_filter = 38, 22, 2
    if libc.prctl(set_no_new_privileges, 1, 0, 0, 0) or libc.prctl(
        set_seccomp, mode_filter, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "prctl")


def main(arguments: list[str]) -> int:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    command = arguments[end + 1 :]
    if not command or not set(arguments[:end]) <= RULES.keys():
        print(__doc__.partition("\n")[0], file=sys.stderr)
        return 2
    machine = platform.machine()
    if machine not in NUMBERS:
        print(f"refuse.py does not know the system calls of {machine}", file=sys.stderr)
        return 2
    try:
        install(filter_of([rule for what in arguments[:end] for rule in RULES[what]], machine))
        os.execvp(command[0], command)
    except OSError as error:
        print(f"refuse.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
