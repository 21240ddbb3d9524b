"""`python -m tertib.cli.bench.child`: benchmarks, each in a process of its own.

It loads what they all need, then forks for each `NAME SIZE FILE` that it is told on its input, and
says how that ended. Into the file go the rows as JSON, or what went wrong. It opens no database
itself: whoever tells it the next one has put a fresh copy there.
"""

import gc
import json
import logging
import os
import sys
import traceback
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver
from django.utils import timezone

from tertib.cli.bench.rows import Row
from tertib.cli.supervisor import fork

PREPARE = "prepare"


def main() -> None:
    os.umask(0o077)
    django.setup()
    logging.disable(logging.WARNING)
    get_resolver().url_patterns  # noqa: B018 the views, loaded once for all
    gc.freeze()  # as `up` does before it forks
    for line in sys.stdin:
        name, size, file = line.rstrip("\n").split(" ", 2)
        pid = fork(f"bench {name}", lambda: work(name, int(size), Path(file)))  # noqa: B023 at once
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def work(name: str, size: int, file: Path) -> int:
    """Run it and write what it says; return the exit code."""
    try:
        file.write_text(json.dumps([row.as_json() for row in _rows(name, size)]))
    except Exception:  # noqa: BLE001 the last frame of this process: it says why, and ends
        file.write_text(traceback.format_exc())
        return 1
    return 0


def _rows(name: str, size: int) -> list[Row]:
    if name == PREPARE:
        prepare()
        return []
    from tertib.cli.bench import BENCHES  # the rooms it imports need Django
    from tertib.cli.clock import Clock
    from tertib.evidence import ledger

    bench = BENCHES[name]
    measure = getattr(import_module(f"tertib.cli.bench.{bench.module}"), bench.function)
    clock = Clock(timezone.now().replace(second=0, microsecond=0))
    with ledger.clock(clock):
        found: list[Row] = measure(size, clock)
    return found


def prepare() -> None:
    """Make an installation whose SOP was approved an hour ago, by the one person there is."""
    from tertib.cli.first_start import first_start
    from tertib.evidence import ledger
    from tertib.people.actions import add_person
    from tertib.people.models import Site
    from tertib.sop import actions, versions
    from tertib.sop.models import Version
    from tertib.vault import keyring

    settings.DATA.mkdir(parents=True, exist_ok=True)
    keyring.create(settings.KEYRING)
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now() - timedelta(hours=1)
    with ledger.clock(lambda: now):
        first_start(now)
        [role] = {one.sop.approve_by for one in versions.law()}
        head = add_person(
            full_name="Dewi Anggraini",
            email="dewi@contoh.test",
            site=Site.objects.get(),
            role=role,
            by=None,
            now=now,
        )
        actions.approve(Version.objects.get(), by=head.uuid, now=now)
    connection.close()


if __name__ == "__main__":
    main()
