"""At which site a subject is. The domain that knows its subjects registers how to find out."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from tertib.evidence.models import Subject
from tertib.people.models import Site, User

type Finder = Callable[[Collection[UUID]], Mapping[UUID, int]]  # uuids → primary key of the site
_finders: dict[str, Finder] = {}


def register(kind: str, find: Finder) -> None:
    _finders[kind] = find


def sites_of(subjects: Collection[Subject]) -> dict[UUID, int]:
    """Return the site of each subject that stands somewhere, in a statement per kind."""
    by_kind: dict[str, list[UUID]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, []).append(subject.uuid)
    found: dict[UUID, int] = {}
    for kind, uuids in by_kind.items():
        if kind == "site":
            found |= dict(Site.objects.filter(uuid__in=uuids).values_list("uuid", "pk"))
        elif kind == "person":
            found |= dict(User.objects.filter(uuid__in=uuids).values_list("uuid", "site_id"))
        elif kind in _finders:
            found |= _finders[kind](uuids)
    return found
