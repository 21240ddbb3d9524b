"""`tertib demo`: a whole invented company with twelve months behind it, in a folder of its own."""

import argparse
import sys
import time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tertib.cli.clock import Clock
from tertib.cli.demo.company import AUDITOR, email
from tertib.cli.demo.year import DAYS, Year
from tertib.cli.folder import claimed, recovery_words
from tertib.cli.migrating import bring_up_to_date
from tertib.evidence import ledger
from tertib.evidence.models import Fact
from tertib.keep.tasks import back_up_now
from tertib.lib.errors import Refused
from tertib.people.actions import person_link
from tertib.people.models import Company, User

WIDTH = 40


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = subparsers.add_parser(
        "demo",
        help=_("fill an empty folder with an invented company"),
        epilog=_("--data FOLDER: where everything is kept (else TERTIB_DATA)"),
    )
    # A benchmark that only asks whether it runs at all lives less of it.
    demo.add_argument("--days", type=int, default=DAYS, help=argparse.SUPPRESS)
    demo.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    with claimed(settings.DATA):
        recovery_words(settings.DATA)
        bring_up_to_date(timezone.now())
        if Company.objects.exists():
            raise Refused(
                _("%(folder)s holds an installation already. Name an empty folder with --data.")
                % {"folder": settings.DATA}
            )
        began, now = time.monotonic(), timezone.now()
        size = 1.0 if chosen.days == DAYS else 0.35
        year = Year(now, Clock(now), tell=bar, days=chosen.days, size=size)
        with ledger.clock(year.clock):
            year.live()
        back_up_now.call()
        say(
            _("%(facts)s records of a year in %(seconds)s s. All people and figures are invented.")
            % {"facts": Fact.objects.count(), "seconds": round(time.monotonic() - began)}
        )
        welcome(year)


def welcome(year: Year) -> None:
    """Give a way in for each kind of people that Tertib knows."""
    say(_("Start it: ./tertib --data %(folder)s up") % {"folder": settings.DATA})
    say(_("Then open, after its address, one of these; each sets a password, once:"))
    now = timezone.now()
    guests: tuple[tuple[str, User], ...] = (
        (_("head of IT"), year.it[0]),
        (_("management"), year.management[0]),
        (_("helpdesk"), year.it[4]),
        (_("employee"), year.people[-1]),
        (_("administrator"), year.it[1]),
        (_("auditor"), User.objects.get(email=email(AUDITOR))),
    )
    for what, person in guests:
        link = person_link(person, by=None, now=now)
        say(f"  {link}  {person.full_name}, {what}, {person.email}")


def bar(done: int, of: int) -> None:
    """Show how far the year has come: a line that moves at a terminal, else only its end."""
    if not sys.stderr.isatty():
        return
    full = WIDTH * done // of
    sys.stderr.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {100 * done // of:3} %")
    sys.stderr.write("\n" if done == of else "")
    sys.stderr.flush()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
