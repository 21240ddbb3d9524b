"""`tertib test`: every check that a change has to pass, and the suite on both databases.

`tertib test --on postgresql -- src/tertib/sop -x` runs pytest alone, there, with these arguments.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tertib.cli import postgresql

CHECKOUT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
CHECKS: dict[str, Sequence[str]] = {  # the one that takes longest first: two run at a time
    "mypy": ("mypy",),
    "ruff check": ("ruff", "check"),
    "ruff format": ("ruff", "format", "--check"),
    "import-linter": ("lint-imports",),
    "djlint": ("djlint", "src", "--lint", "--check", "--quiet"),
    "migrations": ("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
}
# Three processes keep two cores busy: some tests wait. What measures time comes afterwards.
PARTS = (("-n3", "--dist=worksteal", "-m", "not alone"), ("-m", "alone"))


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("test", help="every check, and the suite on both databases")
    verb.add_argument("--on", choices=("sqlite", "postgresql"), help="pytest alone, on this one")
    verb.add_argument("pytest", nargs="*", help="with --on: arguments for pytest (after --)")
    verb.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    if chosen.on:
        return SUITES[chosen.on](*chosen.pytest)
    with ThreadPoolExecutor(2) as pool:
        codes = pool.map(checked, CHECKS, CHECKS.values())
    failed = [name for name, code in zip(CHECKS, codes, strict=True) if code]
    failed += [f"pytest on {name}" for name, suite in SUITES.items() if suite()]
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
    said = done.stdout if done.returncode else ""
    sys.stdout.write(f"{name}: {word} ({time.monotonic() - started:.1f} s)\n{said}")
    sys.stdout.flush()
    return done.returncode


def on_sqlite(*arguments: str) -> int:
    return pytest(os.environ | {"DATABASE_URL": ""}, *arguments)


def on_postgresql(*arguments: str) -> int:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server())
        except FileNotFoundError as missing:
            sys.stdout.write(f"\npytest on PostgreSQL: left out, {missing}\n")
            return 1 if os.environ.get("CI") == "true" else 0
        return pytest(os.environ | {"DATABASE_URL": url}, *arguments)


SUITES: dict[str, Callable[..., int]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


@contextmanager
def server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tertib-postgresql-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is another user
        # Losing the data in a power cut is fine here, so it need not wait for the disk.
        with postgresql.server(Path(folder) / "server", settings={"fsync": "off"}) as url:
            yield url


def pytest(environ: dict[str, str], *arguments: str) -> int:
    """Run these, or the whole suite in its parts."""
    on = "PostgreSQL" if environ["DATABASE_URL"] else "SQLite"
    given = environ | {"DJANGO_SETTINGS_MODULE": "tertib.project.settings_for_tests"}
    failed = 0
    for part in [arguments] if arguments else PARTS:
        sys.stdout.write(f"\npytest on {on}: {' '.join(part)}\n")
        sys.stdout.flush()
        command = [sys.executable, "-m", "pytest", "-q", *part]
        done = subprocess.run(command, cwd=CHECKOUT, env=given, check=False)  # noqa: S603
        failed = failed or done.returncode
    return failed
