"""What the audit trail calls a subject that no other room knows: by its label."""

from collections.abc import Collection, Iterable
from uuid import UUID

from tertib.audit import trail
from tertib.audit.trail import MOST, Thing
from tertib.evidence.models import Subject


def register() -> None:
    trail.register(actions={}, find=_find, seek=_seek, order=90)


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Subject.objects.filter(uuid__in=uuids).exclude(label="")
    return {uuid: Thing(label) for uuid, label in found.values_list("uuid", "label")}


def _seek(text: str) -> Iterable[UUID]:
    found = Subject.objects.filter(label__istartswith=text)
    return found.values_list("uuid", flat=True)[:MOST]
