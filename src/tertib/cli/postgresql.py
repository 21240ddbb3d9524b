"""A PostgreSQL of our own for tests and benchmarks: in a folder, on a free port, ended by its pid.

It is Debian's, started as a user who is not root, for it refuses root.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tertib.lib.lifeline import die_with_parent

START_WITHIN_S = 60
INITDB = ["--username=tertib", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]


def binaries() -> Path | None:
    """Return the folder of initdb and postgres. None: there is none on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(folder: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server whose data stands in that empty folder; yield the URL of a database to use.

    Raise FileNotFoundError if PostgreSQL is not installed.
    """
    where = binaries()
    if where is None:
        raise FileNotFoundError("PostgreSQL is not installed (Debian package postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", free_port()
    with (folder / "output.txt").open("wb") as output:
        subprocess.run(  # noqa: S603 fixed arguments
            [str(where / "initdb"), "--pgdata", str(data), *INITDB],
            **_as(user, folder),
            stdout=output,
            stderr=output,
            check=True,
        )
        given = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            **(settings or {}),
        }
        process = subprocess.Popen(  # noqa: S603
            [
                where / "postgres",
                "-D",
                data,
                *(f"--{name}={value}" for name, value in given.items()),
            ],
            **_as(user, folder),
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        _wait_for(port, process, folder / "output.txt")
        yield f"postgresql://tertib@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
        process.wait(timeout=30)


def _as(user: str | None, folder: Path) -> dict[str, Any]:
    return {"cwd": folder, **({"user": user, "group": user, "extra_groups": []} if user else {})}


def _wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"\x00\x00\x00\x08\x04\xd2\x16/")  # SSLRequest
                if connection.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{output.read_text()[-2000:]}")
