"""The places of work."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import populations, subjects
from tertib.evidence.models import Subject
from tertib.lib.errors import Refused
from tertib.people.models import Site, User, uuid_of
from tertib.people.rules import is_zone


@transaction.atomic
def add_site(
    *, name: str, zone: str, by: User | None, now: datetime, ranges: list[str] | None = None
) -> Site:
    if not is_zone(zone):
        raise Refused(_("%(zone)s is no time zone.") % {"zone": zone})
    if Site.objects.filter(name=name).exists():
        raise Refused(_("There is a site called %(name)s already.") % {"name": name})
    site = Site.objects.create(name=name, zone=zone, ranges=ranges or [])
    subject = subjects.introduce("site", label=name, aliases=(name,), now=now, uuid=site.uuid)
    populations.describe(subject, {"status": "open"}, at=now)
    note("add_site", site.uuid, actor=uuid_of(by), now=now, zone=(None, zone))
    return site


@transaction.atomic
def change_site(
    site: Site, *, name: str, zone: str, ranges: list[str], by: User | None, now: datetime
) -> None:
    if not is_zone(zone):
        raise Refused(_("%(zone)s is no time zone.") % {"zone": zone})
    if Site.objects.filter(name=name).exclude(pk=site.pk).exists():
        raise Refused(_("There is a site called %(name)s already.") % {"name": name})
    new = {"name": name, "zone": zone, "ranges": ranges}
    changed: dict[str, Any] = {
        key: (getattr(site, key), value)
        for key, value in new.items()
        if getattr(site, key) != value
    }
    if not changed:
        return
    if "name" in changed:
        subject = Subject.objects.get(uuid=site.uuid)
        subjects.rename(subject, name, now=now)
    for key, value in new.items():
        setattr(site, key, value)
    site.save(update_fields=list(new))
    note("change_site", site.uuid, actor=uuid_of(by), now=now, **changed)
