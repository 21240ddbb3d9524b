import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tertib.cli.postgresql import free_port
from tertib.project.bodies import notice_who_is_gone

SILENT, LONGEST = 1.0, 4.0  # seconds, of the server in these tests
ECHO = f"""
from tertib.project.bodies import patient

def answer(environ, start_response):
    came = environ["wsgi.input"].read(2**20)
    print("came", len(came), flush=True)
    start_response("200 OK", [])
    return [b"%d" % len(came)]

application = patient(answer, silent={SILENT}, longest={LONGEST})
"""
SERVE = """
import sys
from granian.constants import Interfaces
from granian.server import Server

port = int(sys.argv[1])
Server("echo:application", port=port, interface=Interfaces.WSGI, blocking_threads=8).serve()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The real web server with little patience; its port."""
    (tmp_path / "echo.py").write_text(ECHO)
    port, log = free_port(), tmp_path / "log"
    environ = {**os.environ, "PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[3]}"}
    with log.open("wb") as out:
        argv = [sys.executable, "-c", SERVE, str(port)]
        web = subprocess.Popen(argv, env=environ, cwd=tmp_path, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert web.poll() is None, log.read_text()
                time.sleep(0.05)
        yield port
    finally:
        web.terminate()
        web.wait(20)


def promise(port: int, length: int) -> socket.socket:
    """Begin to send a body, and stop after its first two bytes."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nab"
    connection.sendall(head.encode())
    return connection


def ended_after(connection: socket.socket) -> float:
    began = time.monotonic()
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - began


def trickle(connection: socket.socket, *, until: float) -> None:
    while time.monotonic() < until:
        time.sleep(SILENT / 4)
        connection.sendall(b"x")


@pytest.mark.alone
def test_half_a_body_that_never_goes_on_is_not_waited_for(server: int) -> None:
    busy = HTTPConnection("127.0.0.1", server, timeout=30)
    with promise(server, 100) as silent:
        until = time.monotonic() + 3 * SILENT
        while time.monotonic() < until:  # another one of the same address is served meanwhile
            busy.request("POST", "/", b"12345")
            assert busy.getresponse().read() == b"5"
            time.sleep(0.1)
        assert ended_after(silent) < 1
    busy.request("POST", "/", b"1")
    assert busy.getresponse().read() == b"1"
    busy.close()


@pytest.mark.alone
def test_a_body_that_goes_on_slowly_is_waited_for(server: int) -> None:
    with promise(server, 2 + 5) as slow:
        for _ in range(5):
            time.sleep(SILENT / 2)
            slow.sendall(b"x")
        assert slow.recv(4096).endswith(b"7")


@pytest.mark.alone
def test_a_body_that_trickles_for_ever_is_not_waited_for(server: int) -> None:
    began = time.monotonic()
    with promise(server, 10_000) as trickling, pytest.raises(OSError, match=r"reset|pipe"):
        trickle(trickling, until=began + 4 * LONGEST)
    assert time.monotonic() - began > LONGEST


def test_the_kernel_is_asked_to_notice_who_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        notice_who_is_gone()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
