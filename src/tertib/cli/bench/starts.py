"""Seconds from `./tertib up` to the first page: in a fresh checkout, and in one that has run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from tertib.cli.bench import lives
from tertib.cli.bench.house import house
from tertib.cli.bench.ledger import database
from tertib.cli.bench.rows import Row, seconds, typical
from tertib.cli.clock import Clock
from tertib.cli.postgresql import free_port

CHECKOUT = Path(__file__).resolve().parents[4]
# What a checkout does not hold, or does not need to start.
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".tools", "built", "*.mo", "__pycache__", ".*_cache", ".hypothesis"
)
OURS = ("PYTHONPATH", "DJANGO_SETTINGS_MODULE")  # `./tertib` sets them itself
TIMES = 5


def up_first(size: int, clock: Clock) -> list[Row]:
    """A fresh checkout and an empty data folder; packages are cached by a checkout before it.

    Beside an empty data folder alone: what the set-up does not take.
    """
    took = []
    for _ in range(1 + size):  # the first fills the caches of packages
        with TemporaryDirectory(prefix="tertib-bench-") as own:
            checkout = Path(own) / "checkout"
            shutil.copytree(CHECKOUT, checkout, ignore=LEFT_OUT, symlinks=True)
            took.append(_up(checkout, Path(own) / "data"))
            alone = _up(checkout, Path(own) / "other")
    told = f"{size} fresh checkouts"
    first, against = median(took[1:]), "packages installed"
    return [Row("up_first", told, "SQLite", first, "s", against, alone)]


def up_again(size: int, clock: Clock) -> list[Row]:
    """A data folder that a company of so many machines has filled; beside Django's own start."""
    lives.lived_in(size, size * 4, clock)
    connection.close()
    url = os.environ["DATABASE_URL"]
    times, data = min(TIMES, size), Path(settings.DATA)
    took = [_up(CHECKOUT, data, {"DATABASE_URL": url}) for _ in range(1 + times)]
    python = [sys.executable, "-c", "import django; django.setup()"]
    floor = typical(lambda: subprocess.run(python, check=True), times)  # noqa: S603 ourselves
    told, against = f"{size} machines", "Python and Django alone"
    return [Row("up_again", told, database(), median(took[1:]), "s", against, floor)]


def demo(size: int, clock: Clock) -> list[Row]:
    """So many days of the invented company, into a folder of its own; beside an empty one."""
    kept = {**os.environ, "DATABASE_URL": ""}
    with TemporaryDirectory(prefix="tertib-bench-") as own:
        empty, full = Path(own) / "empty", Path(own) / "full"
        migrate = "import django; django.setup(); from django.core.management import call_command"
        python = [sys.executable, "-c", f"{migrate}; call_command('migrate', verbosity=0)"]
        empty.mkdir()
        floor = seconds(
            lambda: subprocess.run(python, env={**kept, "TERTIB_DATA": str(empty)}, check=True)  # noqa: S603 ourselves
        )
        filled = [sys.executable, "-m", "tertib.cli", "--data", str(full)]
        took = seconds(
            lambda: subprocess.run(  # noqa: S603 ourselves
                [*filled, "demo", "--days", str(size)],
                env=kept,
                stdout=subprocess.DEVNULL,
                check=True,
            )
        )
    return [Row("demo", f"{size} days", "SQLite", took, "s", "its empty database", floor)]


def _up(checkout: Path, data: Path, environ: Mapping[str, str] | None = None) -> float:
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    given = {**kept, "DATABASE_URL": "", "TERTIB_DATA": str(data), **(environ or {})}
    log = checkout.parent / "up.txt" if environ is None else data / "up.txt"
    with house([str(checkout / "tertib")], free_port(), log, given) as took:
        return took
