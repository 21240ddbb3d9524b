"""Keeps processes running: restarts what ends, with back-off, and stops all in reverse order.

Knows no Django and nothing of what it runs. A child is a fork that calls a function: what was
imported before is there at once, and shared. Children die with the supervisor, even when it is
killed outright. It must have one thread, as everybody who forks.
"""

import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tertib.lib.lifeline import die_with, name_process

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_S = 60.0  # who ran that long begins again with the first pause
STOP_WITHIN_S = 15.0  # then a child that was asked to stop is killed
LOG_BYTES, LOG_FILES = 10 * 2**20, 5
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Log:
    """One process's output in a file that is cut and kept in pieces; a full disk loses lines."""

    def __init__(self, file: Path) -> None:
        self.handler = RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True
        )
        self.handler.handleError = lambda record: None  # type: ignore[method-assign]

    def write(self, text: str) -> None:
        self.handler.emit(LogRecord("", 0, "", 0, text.rstrip("\n"), None, None))


@dataclass
class Child:
    name: str
    work: Callable[[], object]
    log: Log
    pid: int = 0  # 0: it does not run
    output: int = -1
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_S
    start_by: float | None = 0.0  # None: it runs

    def start(self, now: float) -> int:
        """Start it and return the file descriptor of its output."""
        self.output, end = os.pipe()
        self.pid = fork(self.name, self.work, output=end)
        os.close(end)
        os.set_blocking(self.output, False)
        self.started_at, self.start_by = now, None
        return self.output

    def code(self) -> int | None:
        """Return the exit code, negative for a signal. None: it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def ended(self, now: float) -> float:
        """Note that it is gone; return in how many seconds it starts again."""
        self.pause = FIRST_PAUSE_S if now - self.started_at >= STEADY_S else self.pause
        pause, self.pause = self.pause, min(2 * self.pause, LONGEST_PAUSE_S)
        self.pid, self.start_by = 0, now + pause
        return pause

    def kill(self) -> None:
        """End it and what it has started itself, which is in its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def fork(name: str, work: Callable[[], object], *, output: int | None = None) -> int:
    """Let a child do the work and end; return its pid."""
    parent = os.getpid()
    sys.stdout.flush()
    if pid := os.fork():
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)  # both sides, so that it holds whoever comes first
        return pid
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone, which then asks in order
        die_with(parent)
        name_process(f"tertib-{name}")
        signal.set_wakeup_fd(-1)
        for number in (*ASKED_TO_STOP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if output is not None:
            os.dup2(output, 1)
            os.dup2(output, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        done = work()
        code = done if isinstance(done, int) else 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 the last frame of this process: it says why, and ends
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


@dataclass
class Supervisor:
    """Runs children in the order of adding until somebody asks it to stop."""

    tell: Callable[[str, int, float], None]  # name, exit code (negative: a signal), pause
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def add(self, name: str, work: Callable[[], object], log: Path) -> None:
        self.children.append(Child(name, work, Log(log)))

    def run(self, *, started: Callable[[], object]) -> None:
        """Start all, call started once, and return when all have stopped."""
        with self._signals():
            self._start_due()
            started()
            while not self.stopping:
                self._wait(self._next_start())
                self._reap()
                self._start_due()
            self._stop()

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.start_by is not None and child.start_by <= now and not self.stopping:
                self._selector.register(child.start(now), selectors.EVENT_READ, child)

    def _next_start(self) -> float | None:
        waiting = [child.start_by for child in self.children if child.start_by is not None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _wait(self, seconds: float | None) -> None:
        """Sleep until output, the end of a child, a signal, or that many seconds."""
        for key, _events in self._selector.select(seconds):
            if isinstance(key.data, Child):
                self._read(key.data)
            else:
                with suppress(BlockingIOError):
                    key.data.recv(4096)  # the wake-up bytes of signals

    def _read(self, child: Child) -> None:
        """Keep what it has said since; at the end of its output, listen no longer."""
        with suppress(BlockingIOError):
            if said := os.read(child.output, 2**16):
                child.log.write(said.decode(errors="replace"))
            else:
                self._deaf_to(child.output)

    def _deaf_to(self, output: int) -> None:
        with suppress(KeyError):
            self._selector.unregister(output)

    def _reap(self) -> None:
        for child in self.children:
            if not child.pid or (code := child.code()) is None:
                continue
            self._read(child)
            self._deaf_to(child.output)
            os.close(child.output)
            child.kill()  # its own children go before its successor starts
            pause = child.ended(time.monotonic())
            if not self.stopping:
                self.tell(child.name, code, pause)

    def _stop(self) -> None:
        for child in reversed(self.children):
            if child.pid:
                os.kill(child.pid, signal.SIGTERM)
            until = time.monotonic() + STOP_WITHIN_S
            while child.pid:
                if (left := until - time.monotonic()) <= 0:
                    child.kill()
                self._wait(max(left, 0.1))
                self._reap()
            child.log.handler.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Let signals wake the selector; asked to stop a second time, end the waiting."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._selector.register(ours, selectors.EVENT_READ, ours)

        def stop(_number: int, _frame: object) -> None:
            if self.stopping:
                for child in self.children:
                    if child.pid:
                        child.kill()
            self.stopping = True

        before = {number: signal.signal(number, stop) for number in ASKED_TO_STOP}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(ours)
            ours.close()
            theirs.close()
