"""Whose work is: the role's holder at the site, or whoever stands in (`rules.choose`)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from tertib.access.policy import ROLE, tree
from tertib.evidence.models import Membership
from tertib.people import reach
from tertib.people.models import User
from tertib.work.models import Item
from tertib.work.rules import Away, Choice, choose

# Everybody is a user and everybody's superior is somebody else: of these roles it is the person
# that a line is about who has to act, and who follows up is the clause's responsible role.
USER, SUPERIOR = "pengguna", "atasan"
PERSONAL = (USER, SUPERIOR)
IT = "tim_ti"  # the role from which those of the IT team descend


def is_it(role: str) -> bool:
    """Whether a role is one of the IT team's."""
    parents, seen = tree(), set[str]()
    at: str | None = role
    while at and at not in seen:
        if at == IT:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


@dataclass
class Office:
    """Who holds what, who is away: read once for many questions at one instant."""

    now: datetime
    _away: dict[int, Away] | None = None
    _named: frozenset[int] = frozenset()  # who is away and named their deputy themselves
    _holders: dict[str, list[User]] = field(default_factory=dict)
    _choices: dict[tuple[str, int, tuple[str, ...]], Choice] = field(default_factory=dict)

    @property
    def away(self) -> dict[int, Away]:
        if self._away is None:
            absent = reach.away(self.now)
            self._away = {pk: Away(found.until, found.deputy) for pk, found in absent.items()}
            self._named = frozenset(pk for pk, found in absent.items() if found.named)
        return self._away

    def owner(self, role: str, site: int, ladder: Sequence[str]) -> Choice:
        """Return whose the work of that role at that site is."""
        key = role, site, tuple(ladder)
        if key not in self._choices:
            self._load([role, *ladder])
            holders = self._at(role, site)
            managers = reach.manager_of([p for p in holders if p in self.away], self.now)
            heads = [self._at(above, site) for above in ladder]
            self._choices[key] = choose(holders, heads, away=self.away, managers=managers)
        return self._choices[key]

    def instead(self, person: int, site: int, ladder: Sequence[str]) -> Choice:
        """Return who stands in for somebody who is away."""
        self._load(ladder)
        managers = reach.manager_of([person], self.now)
        heads = [self._at(above, site) for above in ladder]
        return choose([person], heads, away=self.away, managers=managers)

    def decider(self, role: str, site: int, *, but: int | None, first: int | None = None) -> Choice:
        """Return who decides what asks for a role: a holder who is there, or the deputy whom one
        who is away named themselves. Is that one away too, it is the next's; nobody decides
        because they are somebody's manager.

        but  who asked for it: neither they nor their own deputy decides about it
        first  whose it was: their deputy comes before the other holders
        """
        self._load([role])
        everybody = [person for person in self._holders[role] if person.pk != but]
        here = [person.pk for person in everybody if person.site_id == site]
        holders = [person.pk for person in everybody]
        away = {pk: self._with_right(pk, but) for pk in self.away}
        for some in ([pk for pk in holders if pk == first], here):
            chosen = choose(some, (), away=away, managers={})
            if chosen.person is not None and chosen.person not in away:
                return chosen
        return choose(holders, (), away=away, managers={})

    def _with_right(self, absent: int, but: int | None) -> Away:
        until, deputy = self.away[absent]
        return Away(until, deputy if absent in self._named and deputy != but else None)

    def back_at(self, choice: Choice) -> datetime | None:
        """Return when an owner who is away, for whom nobody stands in, is back."""
        away = self.away.get(choice.person) if choice.person else None
        return away.until if away else None

    def _at(self, role: str, site: int) -> list[int]:
        """Return the holders at that site, or all if there is none: who has least to do first."""
        everybody = self._holders.get(role, [])
        here = [person for person in everybody if person.site_id == site]
        return [person.pk for person in here or everybody]

    def _load(self, roles: Collection[str]) -> None:
        asked = [role for role in dict.fromkeys(roles) if role not in self._holders]
        if not asked:
            return
        rows = Membership.objects.at(self.now).filter(population__in=[ROLE + r for r in asked])
        held = list(rows.values_list("population", "subject_id"))
        people = {
            person.uuid: person
            for person in User.objects.filter(uuid__in={uuid for _, uuid in held}, is_active=True)
        }
        busy = _busy(people.values())
        for role in asked:
            holders = {people[u] for name, u in held if name == ROLE + role and u in people}
            self._holders[role] = sorted(holders, key=lambda p: (busy.get(p.pk, 0), p.pk))


def _busy(people: Iterable[User]) -> dict[int, int]:
    """Return how much open work each of a few people has."""
    owned = Item.objects.open().filter(owner__in=list(people))
    return dict(owned.order_by().values_list("owner").annotate(Count("pk")))


def handed(
    person: User, absent: Iterable[int], *, matter: UUID | None = None, control: str = ""
) -> int | None:
    """Return for whom of those who are away open work was handed to this person: None, for none.

    The work of one matter, or that of a control which lapses or is about to.
    """
    still = Item.objects.open().filter(owner=person)
    still = still.filter(matter_uuid=matter) if matter else still.filter(control=control, matter="")
    told = still.values_list("instead_of", "lent_by", "lent_away")
    known = set(absent)
    for instead_of, lent_by, lent_away in told:
        for whose in (lent_by if lent_away else None, instead_of):
            if whose in known:
                return whose
    return None
