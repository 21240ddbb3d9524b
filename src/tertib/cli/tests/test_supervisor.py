"""The supervisor on small children of its own: they come back, and they never outlive it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tertib.cli.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, Child, Log

pytestmark = pytest.mark.long
# Two children that write their pid and wait; each has a child of its own.
SUPERVISOR = """
import os, subprocess, sys, time
from pathlib import Path
from tertib.cli.supervisor import Supervisor

folder = Path(sys.argv[1])

def wait(name):
    own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("hello from", name, flush=True)
    with (folder / f"{name}.pids").open("a") as file:
        file.write(f"{os.getpid()} {own.pid}\\n")
    time.sleep(600)

told = lambda name, code, pause: print(name, code, pause, flush=True)
supervisor = Supervisor(tell=told)
supervisor.add("first", lambda: wait("first"), folder / "first.log")
supervisor.add("second", lambda: wait("second"), folder / "second.log")
supervisor.run(started=lambda: print("started", flush=True))
print("stopped", flush=True)
"""


def until(holds: Callable[[], object], within: float = 10) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "did not come about in time"
        time.sleep(0.02)


def pids(folder: Path, name: str) -> list[list[int]]:
    file = folder / f"{name}.pids"
    lines = file.read_text().splitlines() if file.exists() else []
    return [[int(pid) for pid in line.split()] for line in lines]


def is_alive(pid: int) -> bool:
    """Is it there, and no zombie? Killed is not yet dead: a busy machine takes its time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervisor(tmp_path: Path) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, tmp_path],
        env={**os.environ, "PYTHONPATH": "src"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_killed_child_comes_back_and_its_own_children_are_gone(
    supervisor: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    until(lambda: pids(tmp_path, "first") and pids(tmp_path, "second"))
    [[child, grandchild]] = pids(tmp_path, "first")
    os.kill(child, signal.SIGKILL)
    until(lambda: len(pids(tmp_path, "first")) == 2)
    until(lambda: not is_alive(grandchild))
    assert len(pids(tmp_path, "second")) == 1  # the other one was left alone


def test_a_killed_supervisor_takes_its_children_with_it(
    supervisor: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    until(lambda: pids(tmp_path, "first") and pids(tmp_path, "second"))
    children = [pids(tmp_path, name)[0][0] for name in ("first", "second")]
    supervisor.kill()
    until(lambda: not any(is_alive(child) for child in children))
    for name in ("first", "second"):  # these two have no lifeline of their own
        os.kill(pids(tmp_path, name)[0][1], signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_all_and_says_so(
    supervisor: "subprocess.Popen[str]", tmp_path: Path, how: int
) -> None:
    until(lambda: pids(tmp_path, "first") and pids(tmp_path, "second"))
    started = time.monotonic()
    supervisor.send_signal(how)
    output, _none = supervisor.communicate(timeout=10)
    assert output.split() == ["started", "stopped"]
    assert time.monotonic() - started < 5
    alive = [pid for name in ("first", "second") for pid in pids(tmp_path, name)[0]]
    until(lambda: not any(map(is_alive, alive)))
    assert "hello from" in (tmp_path / "first.log").read_text()


def test_who_keeps_dying_waits_longer_each_time_but_not_for_ever(tmp_path: Path) -> None:
    child, now, pauses = Child("one", int, Log(tmp_path / "log")), 0.0, []
    for _death in range(9):
        pauses.append(child.ended(now))
        now += pauses[-1]
        child.started_at = now
    assert pauses[0] == FIRST_PAUSE_S
    assert pauses[-1] == LONGEST_PAUSE_S
    assert child.ended(now + 3600) == FIRST_PAUSE_S
