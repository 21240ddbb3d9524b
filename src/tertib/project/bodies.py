"""Whoever waits for a body that does not come keeps nobody else waiting.

A laptop falls asleep in the middle of its report; somebody promises a length and sends nothing. The
thread that reads waits until the connection ends. So there are many threads, few of which may work
at a time, and one that waits for its body gives its place and its database connection to another.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from django.db import connections

AT_WORK = 2  # requests that a process works on at a time
GONE_AFTER = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}  # seconds, seconds, times

type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Input(Protocol):
    """What a request sends, as it comes (PEP 3333)."""

    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


def patient(application: Application) -> Application:
    """Return the application for a server that has more threads than may work at a time."""
    places = threading.BoundedSemaphore(AT_WORK)
    began = threading.Event()

    def run(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not began.is_set():  # the server listens only after it has loaded the application
            began.set()
            notice_who_is_gone()
        environ["wsgi.input"] = Body(environ["wsgi.input"], places)
        with places:
            return application(environ, start_response)

    return run


class Body:
    def __init__(self, input_: Input, places: threading.BoundedSemaphore) -> None:
        self._input, self._places = input_, places

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
        self._places.release()
        try:
            yield
        finally:
            self._places.acquire()


def notice_who_is_gone() -> None:
    """Let the kernel end the connections of those who are there no more, within a minute.

    What is set on a socket that listens holds for every connection that it accepts.
    """
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as found:
            if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, value in GONE_AFTER.items():
                    found.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
