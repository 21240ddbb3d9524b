"""Keeps processes running: restarts what ends, with back-off, and stops all in reverse order.

Knows no Django and nothing of what it runs. Children die with it, even when it is killed outright.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from tertib.lib.lifeline import die_with

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
    command: Sequence[str | Path]
    log: Log
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_S
    start_by: float | None = 0.0  # None: it runs

    def start(self, now: float) -> IO[bytes]:
        """Start it and return where its output comes from."""
        parent = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603 our own verbs
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches the supervisor alone, which then asks in order
            preexec_fn=lambda: die_with(parent),
        )
        assert self.process.stdout  # noqa: S101 asked for above
        os.set_blocking(self.process.stdout.fileno(), False)
        self.started_at, self.start_by = now, None
        return self.process.stdout

    def ended(self, now: float) -> float:
        """Note that it is gone; return in how many seconds it starts again."""
        self.pause = FIRST_PAUSE_S if now - self.started_at >= STEADY_S else self.pause
        pause, self.pause = self.pause, min(2 * self.pause, LONGEST_PAUSE_S)
        self.process, self.start_by = None, now + pause
        return pause


@dataclass
class Supervisor:
    """Runs children in the order of adding until somebody asks it to stop."""

    tell: Callable[[str, int, float], None]  # name, exit code (negative: a signal), pause
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def add(self, name: str, command: Sequence[str | Path], log: Path) -> None:
        self.children.append(Child(name, command, Log(log)))

    def run(self, *, started: Callable[[], None]) -> None:
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
        if not (child.process and child.process.stdout):
            return
        with suppress(BlockingIOError):
            output = os.read(child.process.stdout.fileno(), 2**16)
            if output:
                child.log.write(output.decode(errors="replace"))
            else:
                self._deaf_to(child.process.stdout)

    def _deaf_to(self, output: IO[bytes]) -> None:
        with suppress(KeyError):
            self._selector.unregister(output)

    def _reap(self) -> None:
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            self._read(child)
            if child.process.stdout:
                self._deaf_to(child.process.stdout)
                child.process.stdout.close()
            self._end_group(child)
            code, pause = child.process.returncode, child.ended(time.monotonic())
            if not self.stopping:
                self.tell(child.name, code, pause)

    @staticmethod
    def _end_group(child: Child) -> None:
        """What a dead child has started itself goes with it, before its successor starts."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid if child.process else 0, signal.SIGKILL)

    def _stop(self) -> None:
        for child in reversed(self.children):
            if not child.process:
                continue
            child.process.terminate()
            until = time.monotonic() + STOP_WITHIN_S
            while child.process and (left := until - time.monotonic()) > 0:
                self._wait(left)
                self._reap()
            if child.process:
                self._end_group(child)
                child.process.wait()
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
                    if child.process:
                        self._end_group(child)
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


def verb(*words: str) -> list[str]:
    """Return the command line of one of our verbs, in this very Python."""
    return [sys.executable, "-m", "tertib.cli", *words]
