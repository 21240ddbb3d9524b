"""How Django finds the person of a session, and checks a password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest

from tertib.people.models import Absence, Company, User
from tertib.people.rules import address


class ByEmail(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_other: Any
    ) -> User | None:
        """Return the person. None takes as long for an unknown address as for a wrong password."""
        person = User.objects.select_related("site").filter(email=address(email)).first()
        if person is None:
            make_password(password)
            return None
        if not person.check_password(password) or not person.is_active:
            return None
        return person

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, unless they have left."""
        here = User.objects.select_related("site").filter(pk=user_id, is_active=True)
        asked = Exists(Company.objects.filter(second_factor=True))  # one statement for all
        name = Subquery(Company.objects.values("name")[:1])
        demo = Exists(Company.objects.filter(is_demo=True))
        named = Exists(Absence.objects.filter(deputy=OuterRef("pk"), named_by=F("person")))
        person = here.annotate(
            asks_factor=asked, company_name=name, in_demo=demo, named_once=named
        ).first()
        if person:
            person.may_stand_in = person.named_once
        return person
