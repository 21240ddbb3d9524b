"""The nightly backup."""

import logging

from django.tasks import task

from tertib.evidence import ledger
from tertib.jobs.schedule import daily
from tertib.keep import backup

log = logging.getLogger(__name__)


@daily(hour=1, minute=30, zone="Asia/Jakarta")
@task(queue_name="heavy")
def back_up_nightly() -> str:
    """Make tonight's backup and forget what is older than two weeks; return its file's name."""
    now = ledger.now()
    made = backup.make(now=now)
    gone = backup.forget_old(now=now)
    log.info("backups_kept", extra={"made": made.name, "forgotten": len(gone)})
    return made.name
