"""A real `up` beside a benchmark: started, waited for, asked, stopped."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tertib.cli.bench.ground import FailedError

SOON_S = 0.005  # between two looks whether it answers
LONGEST_S = 300.0


@contextmanager
def house(
    command: Sequence[str], port: int, log: Path, environ: Mapping[str, str], *, first: str = "/"
) -> Iterator[float]:
    """Run `up` and yield the seconds until the address `first` was answered by a page."""
    began = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 ourselves
            [*command, "up", "--port", str(port)],
            env=dict(environ),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        while not answers(port, first):
            if process.poll() is not None or time.monotonic() - began > LONGEST_S:
                raise FailedError(f"up did not start: {log.read_text()[-2000:]}")
            time.sleep(SOON_S)
        yield time.monotonic() - began
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int, address: str) -> bool:
    """Whether a page comes; who is not signed in is shown the way to the door."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        while True:
            connection.request("GET", address)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 302:
                return answer.status == 200
            address = answer.headers["Location"]
    except OSError:
        return False
    finally:
        connection.close()
