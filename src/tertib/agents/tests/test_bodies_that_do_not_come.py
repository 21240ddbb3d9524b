"""Machines that fall asleep in the middle of a report, and the others meanwhile."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tertib.agents.tests.conftest import House
from tertib.agents.tests.machines import PROLOG, packed


def asleep(house: House) -> socket.socket:
    """Promise a hundred bytes, send two and say nothing more."""
    place = urlsplit(house.url)
    half = f"POST /agent/{house.secret}/ HTTP/1.1\r\nHost: {place.netloc}\r\n"
    connection = socket.create_connection((place.hostname, place.port))
    connection.sendall(f"{half}Content-Length: 100\r\n\r\nx\x9c".encode("latin-1"))
    return connection


def test_machines_that_fall_asleep_keep_nobody_waiting(house: House) -> None:
    with ExitStack() as sleeping:
        for _ in range(24):
            sleeping.enter_context(asleep(house))
        for _ in range(6):  # whichever process answers
            assert urlopen(f"{house.url}/health", timeout=5).status == 200  # noqa: S310
            report = Request(f"{house.url}/agent/{house.secret}/", packed(PROLOG))  # noqa: S310
            assert urlopen(report, timeout=5).status == 200  # noqa: S310
