"""What is written down about backups; the files themselves are made by `backup`."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence.subjects import ORGANISATION
from tertib.jobs.actions import put
from tertib.jobs.models import Job
from tertib.keep import shelf
from tertib.keep.models import Checked
from tertib.lib.errors import Unknown

MAKE, CHECK = "tertib.keep.tasks.back_up_now", "tertib.keep.tasks.check_backup"
LANE = "heavy"


@transaction.atomic
def ask_for_backup(*, by: UUID, now: datetime) -> Job:
    """Let a backup be made soon; however often that is asked, one waits."""
    note("ask_for_backup", ORGANISATION, actor=by, now=now)
    return put(task=MAKE, lane=LANE, now=now, key=MAKE, priority=10)


@transaction.atomic
def ask_for_check(name: str, *, by: UUID, now: datetime) -> Job:
    """Let a backup be read back soon. Raise Unknown if there is none of that name."""
    if shelf.find(name) is None:
        raise Unknown(_("There is no backup called %(name)s.") % {"name": name})
    note("check_backup", ORGANISATION, actor=by, now=now, file=(None, name))
    return put(
        task=CHECK, lane=LANE, now=now, args=(name,), key=f"{CHECK} {name}"[:200], priority=5
    )


@transaction.atomic
def note_checked(name: str, *, fault: str, now: datetime) -> None:
    """Keep what reading a backup back has shown, and forget files that are gone."""
    Checked.objects.update_or_create(name=name, defaults={"at": now, "fault": fault[:500]})
    Checked.objects.exclude(name__in=[kept.name for kept in shelf.kept()]).delete()
