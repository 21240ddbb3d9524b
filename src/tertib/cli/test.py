"""`tertib test`: every check that a change has to pass, and the suite on both databases.

`tertib test --on postgresql -- src/tertib/sop -x` runs pytest alone, there, with these arguments.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tertib.cli import postgresql

CHECKOUT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
CHECKS: dict[str, Sequence[str]] = {
    "ruff check": ("ruff", "check"),
    "ruff format": ("ruff", "format", "--check"),
    "import-linter": ("lint-imports",),
    "djlint": ("djlint", "src", "--lint", "--check", "--quiet"),
    "migrations": ("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
    "mypy": ("mypy",),
}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("test", help="every check, and the suite on both databases")
    verb.add_argument("--on", choices=("sqlite", "postgresql"), help="pytest alone, on this one")
    verb.add_argument("pytest", nargs="*", help="with --on: arguments for pytest (after --)")
    verb.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    if chosen.on:
        with database(chosen.on) as url:
            return pytest(url, *chosen.pytest).wait() if url is not None else _left_out()
    failed = [name for name, command in CHECKS.items() if checked(name, command)]
    failed += suites()
    sys.stdout.write(f"\nFailed: {', '.join(failed)}\n" if failed else "\nAll of it holds.\n")
    return 1 if failed else 0


def checked(name: str, command: Sequence[str]) -> int:
    """Run a check; print what it says only if it fails. Return its exit code."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as data:
        done = subprocess.run(  # noqa: S603 the commands above
            [BIN / command[0], *command[1:]],
            cwd=CHECKOUT,
            env=os.environ | {"TERTIB_DATA": data},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    word = "failed" if done.returncode else "holds"
    sys.stdout.write(f"{name}: {word} ({time.monotonic() - started:.1f} s)\n")
    sys.stdout.write(done.stdout if done.returncode else "")
    sys.stdout.flush()
    return done.returncode


def suites() -> list[str]:
    """Run the suite on both databases side by side; return which failed.

    What touches no database runs on SQLite's side only.
    """
    with database("postgresql") as url, tempfile.TemporaryFile("w+") as output:
        second = pytest(url, output=output) if url is not None else None
        failed = ["pytest on SQLite"] if pytest("").wait() else []
        if second is None:
            return failed + ["pytest on PostgreSQL"] * _left_out()
        code = second.wait()
        output.seek(0)
        sys.stdout.write(output.read())
        sys.stdout.flush()
        return failed + ["pytest on PostgreSQL"] * bool(code)


@contextmanager
def database(name: str) -> Iterator[str | None]:
    """Yield the URL to test on: empty for SQLite, None where PostgreSQL is not installed."""
    if name == "sqlite" or postgresql.binaries() is None:
        yield "" if name == "sqlite" else None
        return
    with tempfile.TemporaryDirectory(prefix="tertib-postgresql-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is another user
        # Losing the data in a power cut is fine here, so it need not wait for the disk.
        with postgresql.server(Path(folder) / "server", settings={"fsync": "off"}) as url:
            yield url


def pytest(url: str, *arguments: str, output: IO[str] | None = None) -> "subprocess.Popen[bytes]":
    out = output or sys.stdout
    out.write(f"\npytest on {'PostgreSQL' if url else 'SQLite'}\n")
    out.flush()
    given = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tertib.project.settings_for_tests"}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=CHECKOUT,
        env=os.environ | given,
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )


def _left_out() -> int:
    """Say that there is no PostgreSQL. Where CI=true that is a failure."""
    sys.stdout.write("\npytest on PostgreSQL: left out, it is not installed here\n")
    return int(os.environ.get("CI") == "true")
