"""Whoever waits for a body that does not come keeps nobody else waiting.

A laptop falls asleep in the middle of its report; somebody promises a length and sends nothing. The
thread that reads waits until the connection ends. So there are many threads, few of which may work
at a time, and one that waits for its body gives its place and its database connection to another.

It does not wait for ever: a watch ends the connection. The server does not say which one a body
comes by, only from whom; the kernel knows on which of theirs nothing moves.
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connections

log = logging.getLogger(__name__)

AT_WORK = 2  # requests that a process works on at a time
SILENT_S = 60.0  # without a byte of a body that was promised
LONGEST_S = 600.0  # for a body, however steadily it trickles: 2 MiB at 28 kbit/s
GONE_AFTER = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}  # seconds, seconds, times

type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Input(Protocol):
    """What a request sends, as it comes (PEP 3333)."""

    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


def patient(
    application: Application, *, silent: float = SILENT_S, longest: float = LONGEST_S
) -> Application:
    """Return the application for a server that has more threads than may work at a time."""
    places = threading.BoundedSemaphore(AT_WORK)
    began = threading.Event()
    watch = Watch(silent, longest)

    def run(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not began.is_set():  # the server listens only after it has loaded the application
            began.set()
            notice_who_is_gone()
            threading.Thread(target=watch.run, daemon=True, name="bodies").start()
        whom = str(environ.get("REMOTE_ADDR", ""))
        environ["wsgi.input"] = Body(environ["wsgi.input"], places, watch, whom)
        with places:
            return application(environ, start_response)

    return run


@dataclass
class Watch:
    """Ends the connections of those who let their bodies be waited for too long.

    One of theirs on which we have sent nothing for as long as we wait, and nothing is on its way:
    either it is the one, or it is idle, which every client expects to be closed some day.
    """

    silent: float
    longest: float
    waiting: dict["Body", float] = field(default_factory=dict)  # since when

    def run(self) -> None:
        while True:
            time.sleep(min(self.silent / 10, 5.0))
            with suppress(OSError):  # no file handle is left just now: look again
                self.look()

    def look(self) -> None:
        now = time.monotonic()
        waits = {body: now - began for body, began in list(self.waiting.items())}
        for body, waited in waits.items():
            if waited >= self.silent:
                for one in _accepted(body.whom):
                    with one:
                        self._end(one, waited)

    def _end(self, one: socket.socket, waited: float) -> None:
        with suppress(OSError):  # it has just ended by itself
            unacknowledged, sent, received = _moved(one)
            stalls = min(sent, received) >= self.silent
            trickles = min(sent, waited) >= self.longest
            if (stalls or trickles) and not unacknowledged:
                one.shutdown(socket.SHUT_RDWR)
                log.info("body_not_waited_for", extra={"waited_s": round(waited)})


class Body:
    def __init__(
        self, input_: Input, places: threading.BoundedSemaphore, watch: Watch, whom: str
    ) -> None:
        self._input, self._places, self._watch, self.whom = input_, places, watch, whom
        self._began: float | None = None

    def read(self, size: int = -1) -> bytes:
        with self._waiting():
            return self._input.read(size)

    def readline(self, size: int = -1) -> bytes:
        with self._waiting():
            return self._input.readline(size)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        for connection in connections.all(initialized_only=True):
            if connection.vendor == "postgresql" and not connection.in_atomic_block:
                connection.close()  # back to the pool, which is smaller than the threads are many
        self._began = self._began or time.monotonic()
        self._watch.waiting[self] = self._began
        self._places.release()
        try:
            yield
        finally:
            self._watch.waiting.pop(self, None)
            self._places.acquire()


def notice_who_is_gone() -> None:
    """Let the kernel end the connections of those who are there no more, within a minute.

    What is set on a socket that listens holds for every connection that it accepts.
    """
    for found in _sockets():
        with suppress(OSError), found:
            if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, value in GONE_AFTER.items():
                    found.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _sockets() -> Iterator[socket.socket]:
    """Yield a second handle of each socket of this process: whoever takes it closes it."""
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        with suppress(OSError):
            handle = os.dup(int(name))
            try:
                yield socket.socket(fileno=handle)
            except OSError:  # another kind of file
                os.close(handle)


def _accepted(whom: str) -> Iterator[socket.socket]:
    """Yield the connections that somebody at this address has made to us, none of our own."""
    ours: set[int] = set()
    others: list[socket.socket] = []
    for found in _sockets():
        if found.family in (socket.AF_INET, socket.AF_INET6):
            if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                ours.add(found.getsockname()[1])
            else:
                others.append(found)
                continue
        found.close()
    for found in others:
        with suppress(OSError):
            if found.getsockname()[1] in ours and found.getpeername()[0] == whom:
                yield found
                continue
        found.close()


def _moved(one: socket.socket) -> tuple[int, float, float]:
    """Return the segments nobody has acknowledged, and the seconds since data was sent, received.

    From the kernel's tcp_info, whose beginning has stood unchanged since Linux 2.4.
    """
    told = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    unacknowledged, sent, received = (
        struct.unpack_from("=I", told, place)[0] for place in (24, 44, 52)
    )
    return unacknowledged, sent / 1000, received / 1000
