"""Publishing and approving versions of the SOP."""

from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access.policy import ROLE
from tertib.audit.actions import note
from tertib.evidence import ledger, populations, subjects
from tertib.evidence.models import Fact, Membership, Subject
from tertib.evidence.vocabulary import kind
from tertib.lib.errors import Refused
from tertib.sop import canonical
from tertib.sop.faults import Faults
from tertib.sop.format import Sop
from tertib.sop.header import Holidays
from tertib.sop.holidays import resolve
from tertib.sop.models import Version
from tertib.sop.reader import SourceText, read

ROOM = Path(__file__).parent
IN_FORCE = kind("sop.version_in_force")
SHIPPED, SOURCE = ROOM / "sop-ti.yaml", ROOM / "source.txt"


class FaultyError(Refused):
    """The file has faults; nothing of it was stored."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@transaction.atomic
def publish_shipped(now: datetime) -> Version:
    """Publish the SOP that ships with Tertib, unless there is one already: a first start."""
    if version := Version.objects.filter(is_first=True).first():
        return version
    return publish(SHIPPED.read_text(), SOURCE.read_text(), author=None, now=now)


def publish(
    text: str | bytes,
    source_text: SourceText,
    *,
    author: UUID | None,
    now: datetime,
    holidays: Holidays = resolve,
) -> Version:
    """Publish a file as a version, or return the version that holds just this content.

    The first judges at once; a later one from its date on, once it is approved. Raise FaultyError
    for a file with faults, Refused for a date in the past or a version's name that is taken.
    """
    sop = read(text, source_text, holidays=holidays)
    if not isinstance(sop, Sop):
        raise FaultyError(sop)
    text = text.decode() if isinstance(text, bytes) else text
    content = canonical.content(text, sop.calendar.holidays)
    with transaction.atomic():
        is_first = not Version.objects.exists()
        same: Version | None = Version.objects.filter(digest=canonical.digest(content)).first()
        if same and same.withdrawn_at:
            raise Refused(
                _("Just this content was withdrawn as %(name)s. Give it a new version name.")
                % {"name": same.name}
            )
        if same:
            return same
        if Version.objects.filter(name=sop.version).exists():
            raise Refused(
                _("There is a version %(name)s already, with other content.")
                % {"name": sop.version}
            )
        if not is_first and sop.effective_from < now.astimezone(ZoneInfo(sop.timezone)).date():
            raise Refused(_("A version cannot come into force in the past."))
        version: Version = Version.objects.create(
            name=sop.version,
            text=text,
            source_text=_text(source_text, sop),
            holidays=sorted(day.isoformat() for day in sop.calendar.holidays),
            digest=canonical.digest(content),
            rest_digest=canonical.digest(canonical.without_calendar(content)),
            effective_from=sop.effective_from,
            zone=sop.timezone,
            is_first=is_first,
            author=author,
            published_at=now,
        )
        note("publish_sop", version.uuid, actor=author, now=now, version=(None, version.name))
        if version.since:
            _define(version, sop)
    return version


def _text(source_text: SourceText, sop: Sop) -> str:
    return source_text if isinstance(source_text, str) else source_text(sop.source_text) or ""


@transaction.atomic
def approve(version: Version, *, by: UUID, now: datetime, instead_of: UUID | None = None) -> bool:
    """Approve a version; from now on the ledger says that it is in force. False: it was already.

    Raise Refused if the person wrote it, or does not hold the role that the SOP names for this.
    instead_of: who holds it, is away, and for whom that person stands in: the caller knows that.
    """
    sop = read(version.text, version.source_text, setup={"holidays": version.holidays})
    if not isinstance(sop, Sop):
        raise FaultyError(sop)
    if version.author and version.author in (by, instead_of):
        raise Refused(_("Whoever wrote a version cannot approve it."))
    role = Membership.objects.at(now).filter(population=ROLE + sop.approve_by)
    if not role.filter(subject=instead_of or by).exists():
        name = sop.roles[sop.approve_by].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s approves a version.") % {"role": name})
    if version.since and _successor(version.since, version, now):
        raise Refused(_("A later version is in force already."))
    if version.withdrawn_at:
        raise Refused(_("Version %(name)s was withdrawn.") % {"name": version.name})
    waiting = Version.objects.filter(pk=version.pk, approved_at=None, withdrawn_at=None)
    if not waiting.update(approver=by, approved_at=now):
        return False
    version.refresh_from_db()
    subject = subjects.introduce("version", label=version.name, now=now, uuid=version.uuid)
    ledger.record(IN_FORCE, subject, occurred_at=now, actor=by, outcome="open")
    close_superseded(now)
    told = (None, version.name)
    note("approve_sop", version.uuid, actor=by, now=now, for_whom=(None, instead_of), version=told)
    _define(version, sop)
    return True


@transaction.atomic
def close_superseded(now: datetime) -> int:
    """Say in the ledger which versions are no longer in force; return how many that were.

    An end is dated at the instant from which the later version judges, however late it is written.
    """
    told = Fact.objects.filter(kind=IN_FORCE.name, outcome="closed").values("subject")
    closed = 0
    for version in Version.objects.filter(approved_at__isnull=False).exclude(uuid__in=told):
        if version.since and (successor := _successor(version.since, version, now)):
            ledger.record(
                IN_FORCE,
                Subject.objects.get(pk=version.uuid),
                occurred_at=successor,
                outcome="closed",
                source_id=f"superseded {version.uuid}",
            )
            closed += 1
    return closed


def _successor(since: datetime, version: Version, now: datetime) -> datetime | None:
    """Return from when on a later version judges instead of this one. None: none does yet."""
    judging = Version.objects.judging().exclude(pk=version.pk).defer("text", "source_text")
    later = (one.since for one in judging if one.since and since <= one.since <= now)
    return min(later, default=None)


@transaction.atomic
def withdraw(version: Version, *, by: UUID, now: datetime) -> bool:
    """Take back a version that nobody has approved. False: somebody was first."""
    if version.is_first:
        raise Refused(_("The first version judges already and cannot be withdrawn."))
    waiting = Version.objects.filter(pk=version.pk, approved_at=None, withdrawn_at=None)
    if not waiting.update(withdrawn_by=by, withdrawn_at=now):
        return False
    note("withdraw_sop", version.uuid, actor=by, now=now, version=(version.name, None))
    return True


def _define(version: Version, sop: Sop) -> None:
    """Let memberships follow the version from the instant on from which it judges."""
    filters = {name: (one.of, one.where) for name, one in sop.populations.items()}
    if version.since:
        populations.define(version.name, version.since, filters)
