"""Runs a command with system calls refused: `deny.py ERROR CALL[,CALL...] COMMAND...`.

As a container does that does not know a call, or does not allow it.
"""

import ctypes
import errno
import os
import struct
import sys

NUMBERS = {
    "x86_64": {"close_range": 436, "process_vm_readv": 310, "seccomp": 317},
    "aarch64": {"close_range": 436, "process_vm_readv": 270, "seccomp": 277},
}

LOAD_NUMBER = (0x20, 0, 0, 0)
ALLOW = (0x06, 0, 0, 0x7FFF0000)
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse(numbers: list[int], error: int) -> None:
    """Makes the kernel refuse the calls of this process and of all that it starts."""
    steps = [LOAD_NUMBER]
    for number in numbers:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    code = b"".join(struct.pack("<HBBI", *step) for step in [*steps, ALLOW])
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(steps) + 1, ctypes.addressof(buffer))
    library = ctypes.CDLL(None, use_errno=True)
    if (
        library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        or library.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0
    ):
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    _, error, names, *command = sys.argv
    known = NUMBERS[os.uname().machine]
    refuse([known[name] for name in names.split(",")], getattr(errno, error))
    os.execvp(command[0], command)
