"""What people say about work, add to it, and sign."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.work import files, telling
from tertib.work.actions.lapses import recount
from tertib.work.models import Attachment, Comment, Event, Item, Line

LONGEST = 5_000


@transaction.atomic
def comment(item: Item, text: str, *, by: User, now: datetime) -> Comment:
    text = text.strip()
    if not text:
        raise Refused(_("A comment without words says nothing."))
    said = Comment.objects.create(item=item, by=by, at=now, text=text[:LONGEST])
    note("comment_item", item.uuid, actor=by.uuid, now=now)
    telling.commented(item, by, now=now)
    return said


def attach(
    item: Item, *, name: str, chunks: Iterable[bytes], by: User, now: datetime
) -> Attachment:
    """Keep a file with the item. The bytes are on the disk before the row is written."""
    chunks = iter(chunks)
    first = next(chunks, b"")
    if not first:
        raise Refused(_("The file is empty."))
    name = name.replace("\\", "/").rpartition("/")[2].strip()[-120:] or "file"
    kind = files.kind_of(name, first)
    if item.attachments.count() >= files.MOST:
        raise Refused(_("At most %(most)s files are kept with one task.") % {"most": files.MOST})
    digest, size = files.store(_again(first, chunks))
    with transaction.atomic():
        kept = Attachment.objects.create(
            item=item, by=by, at=now, name=name, kind=kind, size=size, sha256=digest
        )
        note("attach_to_item", item.uuid, actor=by.uuid, now=now, sha256=(None, digest))
    return kept


@transaction.atomic
def sign_correction(line: Line, *, cause: str, correction: str, by: User, now: datetime) -> bool:
    """Sign why something late happened and what was done about it: that closes its line.

    Only for an item that cannot become good any more; a subject's line closes by evidence alone.
    False: it is closed already.
    """
    if not line.trigger:
        raise Refused(_("This finding closes by evidence alone."))
    cause, correction = cause.strip()[:500], correction.strip()[:500]
    if not cause or not correction:
        raise Refused(_("Say both the cause and the correction."))
    still = Line.objects.filter(pk=line.pk, closed_at=None)
    signed = {"cause": cause, "correction": correction, "signed_by": by}
    if not still.update(closed_at=now, because=Line.End.CORRECTED, **signed):
        return False
    item = Item.objects.select_for_update().get(pk=line.item_id)
    told = {"line": line.pk}
    Event.objects.create(item=item, act="corrected", at=now, found_at=now, by=by, told=told)
    note("sign_correction", item.uuid, actor=by.uuid, now=now, line=(None, line.pk))
    recount(item, now=now)
    return True


def _again(first: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield first
    yield from rest
