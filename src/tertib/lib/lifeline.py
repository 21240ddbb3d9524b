"""A child that does not outlive its parent, also when that was killed outright."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends.

    Elsewhere than on Linux nothing is promised: there a killed supervisor leaves its children.
    """
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def die_with(parent: int) -> None:
    """The same, and end at once if that parent had gone before the kernel was asked."""
    die_with_parent()
    if _libc and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def name_process(name: str) -> None:
    """Show that name (15 bytes at most) in ps and top, for a process that was forked."""
    if _libc:
        _libc.prctl(PR_SET_NAME, name.encode()[:15])
