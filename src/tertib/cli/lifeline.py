"""A child that does not outlive its parent, also when that was killed outright."""

import ctypes
import os
import signal
import sys
from functools import cache

PR_SET_PDEATHSIG = 1


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(how: int = signal.SIGTERM) -> None:
    """Ask the kernel to send that signal when the thread that started this process ends.

    Elsewhere than on Linux nothing is promised: there a killed supervisor leaves its children.
    """
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, how)


def die_with(parent: int, how: int = signal.SIGTERM) -> None:
    """The same, and end at once if that parent has gone before the kernel was asked."""
    die_with_parent(how)
    if sys.platform == "linux" and os.getppid() != parent:
        os.kill(os.getpid(), how)
