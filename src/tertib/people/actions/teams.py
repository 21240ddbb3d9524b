"""Teams and who is in them. A person is in one at a time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.people.models import InTeam, Team, User, uuid_of
from tertib.people.rules import name_of, word_of


@transaction.atomic
def add_team(*, name: str, by: User | None, now: datetime) -> Team:
    """Add a team; its word, by which the SOP selects, is made of its first name and stays."""
    word = word_of(name)
    if not word or Team.objects.filter(word=word).exists() or _taken(name):
        raise Refused(_("There is a team called %(name)s already.") % {"name": name})
    team = Team.objects.create(word=word, name=name)
    note("add_team", team.uuid, actor=uuid_of(by), now=now, name=(None, name))
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, by: User | None, now: datetime) -> bool:
    """False: it is called so already."""
    if team.name == name:
        return False
    if _taken(name, but=team):
        raise Refused(_("There is a team called %(name)s already.") % {"name": name})
    note("rename_team", team.uuid, actor=uuid_of(by), now=now, name=(team.name, name))
    team.name = name
    team.save(update_fields=["name"])
    return True


@transaction.atomic
def close_team(team: Team, *, by: User | None, now: datetime) -> bool:
    """Close a team that nobody is in any more. False: it was closed already."""
    if InTeam.objects.filter(team=team, ended_at=None).exists():
        raise Refused(_("Somebody is still in this team. Move them to another one first."))
    if not Team.objects.filter(pk=team.pk, closed_at=None).update(closed_at=now):
        return False
    note("close_team", team.uuid, actor=uuid_of(by), now=now)
    return True


@transaction.atomic
def name_lead(team: Team, person: User | None, *, by: User | None, now: datetime) -> bool:
    """Let a member of the team lead it; None: nobody. False: it was so already."""
    members = InTeam.objects.select_for_update().filter(team=team, ended_at=None)
    before = members.filter(lead=True).select_related("person").first()
    if (before.person if before else None) == person:
        return False
    if before:
        _turn(before, lead=False, now=now)
    if person:
        place = members.filter(person=person).first()
        if place is None:
            raise Refused(_("%(name)s is not in this team.") % {"name": person.full_name})
        _turn(place, lead=True, now=now)
    told = (before.person.uuid if before else None, person.uuid if person else None)
    note("name_lead", team.uuid, actor=uuid_of(by), now=now, lead=told)
    return True


def move(person: User, word: str, *, at: datetime) -> None:
    """Put somebody into a team from `at` on, in the caller's transaction. word "": into none.

    An unknown word makes the team: a people list names teams that nobody made before.
    """
    now_in = InTeam.objects.filter(person=person, ended_at=None).select_related("team").first()
    if now_in and now_in.team.word == word:
        return
    if now_in:
        InTeam.objects.filter(pk=now_in.pk).update(ended_at=max(at, now_in.began_at))
    if not word:
        return
    team = Team.objects.filter(word=word).first()
    if team is None:
        name = name_of(word)
        team = Team.objects.create(word=word, name=word if _taken(name) else name)
    elif team.closed_at:
        Team.objects.filter(pk=team.pk).update(closed_at=None)
    InTeam.objects.create(team=team, person=person, began_at=at)


def _turn(place: InTeam, *, lead: bool, now: datetime) -> None:
    """Whoever begins or ceases to lead has a new row from now on, so that it can be told when."""
    InTeam.objects.filter(pk=place.pk).update(ended_at=max(now, place.began_at))
    InTeam.objects.create(team=place.team, person_id=place.person_id, lead=lead, began_at=now)


def _taken(name: str, *, but: Team | None = None) -> bool:
    others = Team.objects.exclude(pk=but.pk) if but else Team.objects.all()
    return others.filter(name__iexact=name).exists()
