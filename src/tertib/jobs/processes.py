"""The worker: a parent that forks one process per lane, restarts what dies, and stops cleanly.

Processes and not threads: a heavy job cannot hold the interpreter while a tick is due, and one
whose lease was lost can be ended.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from django.db import connections

from tertib.jobs import actions
from tertib.jobs.worker import clock, work
from tertib.lib.lifeline import die_with

log = logging.getLogger(__name__)

GRACE = 5.0  # seconds that a running job gets when the worker is told to stop
CALM = 30.0  # seconds after which a lane that lived counts as healthy again
LOOK = 0.2


@dataclass
class Lane:
    name: str
    pid: int = 0
    worker: str = ""
    started: float = 0.0
    start_at: float = 0.0  # not before: back-off after a death
    deaths: int = 0


def run(names: Sequence[str], *, stopping: threading.Event | None = None) -> int:
    """Run these lanes until SIGTERM or SIGINT. Return the exit code."""
    stop = stopping or threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    lanes = [Lane(name) for name in names]
    while not stop.is_set():
        for lane in lanes:
            if not lane.pid and time.monotonic() >= lane.start_at:
                _start(lane)
            elif lane.pid and _ended(lane):
                _buried(lane)
        stop.wait(LOOK)
    _stop(lanes)
    return 0


def _start(lane: Lane) -> None:
    lane.worker = f"{socket.gethostname()[:60]}:{lane.name}:{token_hex(4)}"
    lane.started = time.monotonic()
    connections.close_all()  # a connection must not be in two processes
    parent = os.getpid()
    lane.pid = os.fork()
    if lane.pid:
        return
    code = 1
    try:
        die_with(parent)
        code = _live(lane)
    finally:
        os._exit(code)


def _live(lane: Lane) -> int:
    """Be the process of a lane."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    try:
        work(lane.name, worker=lane.worker, stopping=stopping)
    except Exception:  # the parent starts another one; what was leased comes again
        log.exception("lane_broke", extra={"lane": lane.name})
        return 1
    connections.close_all()
    return 0


def _ended(lane: Lane) -> bool:
    pid, _status = os.waitpid(lane.pid, os.WNOHANG)
    return bool(pid)


def _buried(lane: Lane) -> None:
    """A lane's process has died: plan the next, later each time it dies young."""
    lived = time.monotonic() - lane.started
    lane.deaths = 0 if lived > CALM else lane.deaths + 1
    lane.start_at = time.monotonic() + min(0.25 * 2 ** (lane.deaths - 1), 30) * bool(lane.deaths)
    log.error("lane_died", extra={"lane": lane.name, "pid": lane.pid, "lived_s": round(lived, 1)})
    lane.pid = 0


def _stop(lanes: Sequence[Lane]) -> None:
    """Let what runs come to its end for a while; free at once what did not."""
    running = [lane for lane in lanes if lane.pid]
    for lane in running:
        os.kill(lane.pid, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while (running := [lane for lane in running if not _ended(lane)]) and time.monotonic() < until:
        time.sleep(0.05)
    for lane in running:
        os.kill(lane.pid, signal.SIGKILL)
        os.waitpid(lane.pid, 0)
        freed = actions.release(lane.worker, now=clock())
        log.warning("lane_killed", extra={"lane": lane.name, "jobs_freed": freed})
    connections.close_all()
