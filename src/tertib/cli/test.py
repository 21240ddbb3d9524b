"""`tertib test`: every check that a change has to pass, and the suite on both databases.

`tertib test --on postgresql -- src/tertib/sop -x` runs pytest alone, there, with these arguments.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE, STDOUT

from tertib.cli import postgresql

CHECKOUT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
CHECKS: dict[str, Sequence[str]] = {  # the one that takes longest first: two run at a time
    "mypy": ("mypy",),
    # Each of the suite's processes reads all tests anew; what was compiled here is read quickly.
    "tests are found": ("python", "-m", "pytest", "--collect-only", "-qq"),
    "ruff check": ("ruff", "check"),
    "ruff format": ("ruff", "format", "--check"),
    "import-linter": ("lint-imports",),
    "djlint": ("djlint", "src", "--lint", "--check", "--quiet"),
    "migrations": ("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
}
# Two processes for each database keep two cores busy: some tests wait. What measures time comes
# afterwards, beside nothing but the same on the other database.
ALONE = "mark.alone"  # looked for in the files: gathering all the others takes seconds


def parts() -> Iterator[Sequence[str]]:
    yield "-n2", "--dist=worksteal", "-m", "not alone"
    files = sorted(one for one in (CHECKOUT / "src").rglob("test_*.py") if ALONE in one.read_text())
    yield "-m", "alone", *(str(one.relative_to(CHECKOUT)) for one in files)


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("test", help="every check, and the suite on both databases")
    verb.add_argument("--on", choices=("sqlite", "postgresql"), help="pytest alone, on this one")
    verb.add_argument("pytest", nargs="*", help="with --on: arguments for pytest (after --)")
    verb.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    if chosen.on:
        return len(suite([chosen.on], [chosen.pytest] if chosen.pytest else parts()))
    with ThreadPoolExecutor(2) as pool:
        codes = pool.map(checked, CHECKS, CHECKS.values())
    failed = [name for name, code in zip(CHECKS, codes, strict=True) if code]
    failed += suite(DATABASES, parts())
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


@contextmanager
def on_sqlite() -> Iterator[str]:
    yield ""


@contextmanager
def on_postgresql() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tertib-postgresql-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is another user
        # Losing the data in a power cut is fine here, so it need not wait for the disk.
        with postgresql.server(Path(folder) / "server", settings={"fsync": "off"}) as url:
            yield url


DATABASES: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "sqlite": on_sqlite,
    "postgresql": on_postgresql,
}


def suite(names: Iterable[str], parts: Iterable[Sequence[str]]) -> list[str]:
    """Run each part on all these databases at the same time; return where it failed.

    While the one waits, the other computes. The first says at once what it finds.
    """
    failed = []
    with ExitStack() as stack:
        urls = {}
        for name in names:
            try:
                urls[name] = stack.enter_context(DATABASES[name]())
            except FileNotFoundError as missing:
                sys.stdout.write(f"\npytest on {name}: left out, {missing}\n")
                failed += [f"pytest on {name}"] if os.environ.get("CI") == "true" else []
        for part in parts if urls else ():
            with ThreadPoolExecutor(max(len(urls), 1)) as pool:
                first, *others = urls
                run = partial(pytest, part=part, beside=bool(others))
                heard = [pool.submit(run, name, urls[name], output=PIPE) for name in others]
                done = [run(first, urls[first], output=None)]
                done += [one.result() for one in heard]
            for name, (code, said) in zip(urls, done, strict=True):
                sys.stdout.write(said)
                failed += [f"pytest on {name}"] if code else []
            sys.stdout.flush()
    return list(dict.fromkeys(failed))


def pytest(
    name: str, url: str, part: Sequence[str], output: int | None, *, beside: bool
) -> tuple[int, str]:
    """Return pytest's exit code and, unless it wrote to the terminal itself, what it said."""
    started = time.monotonic()
    title = f"\npytest on {name}: {' '.join(part)}\n"
    if output is None:
        sys.stdout.write(title)
        sys.stdout.flush()
    environ = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tertib.project.settings_for_tests"}
    if beside and "alone" not in part:  # PostgreSQL has less to do: it gets what asks no database
        environ["TERTIB_NO_DATABASE"] = "here" if url else "there"
    done = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-m", "pytest", "-q", *part],
        cwd=CHECKOUT,
        env=os.environ | environ,
        stdout=output,
        stderr=STDOUT if output else None,
        text=True,
        check=False,
    )
    took = f"pytest on {name}: {time.monotonic() - started:.0f} s\n"
    return done.returncode, took if output is None else f"{title}{done.stdout}{took}"
