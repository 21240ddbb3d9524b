"""Backups that are made and read back beside the pages."""

import logging
from datetime import datetime
from pathlib import Path

from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger
from tertib.jobs import progress
from tertib.jobs.schedule import daily, name_tasks
from tertib.keep import actions, backup, shelf
from tertib.keep.archive import Reader
from tertib.keep.models import Checked
from tertib.lib.errors import Refused
from tertib.people import erased

log = logging.getLogger(__name__)


@daily(hour=1, minute=30, zone="Asia/Jakarta")
@task(queue_name="heavy")
def back_up_nightly() -> str:
    """Make tonight's backup, forget what is older than two weeks, and read an older one again.

    So each file is read back about every second week: a disk that rots is noticed in time.
    """
    now = ledger.now()
    erased.write_down()
    made = _make(now)
    gone = backup.forget_old(now=now)
    log.info("backups_kept", extra={"made": made.name, "forgotten": len(gone)})
    if older := _stalest(made.name):
        _check(older)
    return made.name


@task(queue_name="heavy")
def back_up_now() -> str:
    """Make a backup that somebody asked for."""
    return _make(timezone.now()).name


@task(queue_name="heavy")
def check_backup(name: str) -> bool:
    """Read a backup back. False: it is damaged, or no longer there."""
    found = shelf.find(name)
    return found is not None and _check(found)


def _make(now: datetime) -> Path:
    made = backup.make(now=now, tell=progress.tell)
    actions.note_checked(made.name, fault="", now=timezone.now())
    return made


def _check(kept: shelf.Kept) -> bool:
    fault = ""
    try:
        Reader.open(kept.path).check()
    except Refused as refused:
        fault = str(refused)
        log.error("backup_damaged", extra={"file": kept.name, "why": fault})
    actions.note_checked(kept.name, fault=fault, now=timezone.now())
    return not fault


def _stalest(but: str) -> shelf.Kept | None:
    read_at = dict(Checked.objects.values_list("name", "at"))
    others = [kept for kept in shelf.kept() if kept.name != but]
    return min(others, key=lambda kept: read_at.get(kept.name, kept.made_at), default=None)


name_tasks(
    {
        back_up_nightly.module_path: _("Nightly backup"),
        back_up_now.module_path: _("Backup that was asked for"),
        check_backup.module_path: _("Reading a backup back"),
    }
)
