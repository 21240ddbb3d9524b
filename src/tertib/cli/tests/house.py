"""A real `tertib up` in a folder of its own, for tests that kill parts of it."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

SRC = Path(__file__).parents[3]


def until[T](holds: Callable[[], T], within: float = 30) -> T:
    """Return what `holds` returns as soon as it is true; fail when it is not in that time."""
    end = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < end, "did not come about in time"
        time.sleep(0.05)
    return found


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def is_alive(pid: int) -> bool:
    """Is it there, and no zombie? Killed is not yet dead: a busy machine takes its time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@dataclass
class House:
    folder: Path
    port: int
    environ: dict[str, str]
    process: "subprocess.Popen[str]"
    inside: Sequence[str] = ()  # the command that runs it somewhere else: a namespace

    @classmethod
    def up(
        cls, folder: Path, port: int, environ: dict[str, str], *, inside: Sequence[str] = ()
    ) -> "House":
        given = {**os.environ, **environ, "PYTHONPATH": str(SRC), "LANG": "en_US.UTF-8"}
        given.update(DJANGO_SETTINGS_MODULE="tertib.project.settings", TERTIB_DATA=str(folder))
        given.pop("LC_ALL", None)
        with (folder.parent / f"{folder.name}.txt").open("a") as output:
            process = subprocess.Popen(
                [*inside, sys.executable, "-m", "tertib.cli", "up", "--port", str(port)],
                env=given,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        return cls(folder, port, given, process, inside)

    @property
    def said(self) -> str:
        return (self.folder.parent / f"{self.folder.name}.txt").read_text()

    def answers(self, path: str = "/health") -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def wait(self) -> "House":
        """Return once it answers. How soon that has to be, a benchmark measures at rest."""
        until(lambda: self.answers() or self.process.poll() is not None, within=120)
        assert self.process.poll() is None, self.said
        return self

    def part(self, verb: str) -> int:
        """Return the pid of that child of the supervisor."""
        found = [pid for pid in children(self.process.pid) if name(pid) == f"tertib-{verb}"]
        return found[0] if found else 0

    def everybody(self) -> list[int]:
        """Return the pids of all below the supervisor."""
        below = children(self.process.pid)
        for pid in below:
            below.extend(children(pid))
        return below

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)

    def verb(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run another command line on this folder."""
        return subprocess.run(
            [*self.inside, sys.executable, "-m", "tertib.cli", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def told(self, words: str) -> str:
        """Return the address that `up` printed in the line with these words."""
        [line] = until(lambda: [line for line in self.said.splitlines() if words in line])
        return line.rpartition(" ")[2]

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        """Return the status and what was said; raise OSError or HTTPException without an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("POST", path, body, given)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def query(self, sql: str) -> list[Any]:
        """Ask its database itself."""
        if url := self.environ["DATABASE_URL"]:
            with psycopg.connect(url) as connection:
                return connection.execute(sql).fetchall()
        with closing(sqlite3.connect(self.folder / "db.sqlite3")) as connection:
            return connection.execute(sql).fetchall()
