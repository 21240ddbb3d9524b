"""`python -m tertib.cli.bench.child NAME SIZE`: one benchmark in a process of its own.

The last line it prints is its rows as JSON. Its database is a copy that nobody else uses.
"""

import json
import logging
import os
import sys
from datetime import timedelta
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tertib.cli.bench.rows import Row

PARTS = {"prepare": ("child", "prepare"), "writer": ("ledger", "writer")}


def main(name: str, size: int) -> None:
    os.umask(0o077)
    django.setup()
    logging.disable(logging.WARNING)
    if name == "prepare":
        prepare()
        return
    from tertib.cli.bench import BENCHES  # the rooms it imports need Django
    from tertib.cli.bench.company import Clock
    from tertib.evidence import ledger

    module, function = PARTS.get(name) or (BENCHES[name].module, BENCHES[name].function)
    work = getattr(import_module(f"tertib.cli.bench.{module}"), function)
    clock = Clock(timezone.now().replace(second=0, microsecond=0))
    with ledger.clock(clock):
        told = work(size, clock)
    rows = [row.as_json() if isinstance(row, Row) else row for row in told]
    for row in rows:
        if isinstance(row, dict):
            row.pop("ratio", None)
    sys.stdout.write(json.dumps(rows) + "\n")


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
    sys.stdout.write("[]\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
