"""Lives the demonstration's twelve months through the actions that people and machines use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from random import Random
from typing import Any

from tertib.agents.actions import first_enrolment
from tertib.cli.clock import Clock
from tertib.cli.demo import company, lives
from tertib.cli.demo.lives import Act
from tertib.cli.demo.machines import Machine, machines, report, with_new_board
from tertib.cli.demo.rooms import everything
from tertib.cli.demo.told import DAY, HOME, Told
from tertib.compliance import actions as engine
from tertib.compliance.announcing import announce
from tertib.evidence import intake, seals, tasks
from tertib.governance import matters
from tertib.governance.actions.calendars import ask_for_years
from tertib.governance.tasks import remind_of
from tertib.inventory.actions import change_asset
from tertib.inventory.models import Asset
from tertib.people.actions import (
    add_person,
    add_site,
    change_site,
    describe_company,
    first_start,
    name_lead,
    rename_team,
    set_manager,
)
from tertib.people.models import Site, Team, User
from tertib.sop.actions import publish_shipped
from tertib.work.models import Step
from tertib.work.tasks import climb

SEED = 1927
DAYS = 365
ROLLED_OUT_BEFORE = 118 * DAY  # since when the computers have agents
REPORTS_EVERY = 28  # days


@dataclass
class Year:
    """tell: called with (done, of) days as it goes on. days, size: a test lives less of it."""

    last: datetime
    clock: Clock
    tell: Callable[[int, int], None] = lambda _done, _of: None
    days: int = DAYS
    size: float = 1.0
    random: Random = field(default_factory=partial(Random, SEED))
    sites: list[Site] = field(default_factory=list)
    it: list[User] = field(default_factory=list)
    management: list[User] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    everybody: list[User] = field(default_factory=list)  # on the first day
    machines: list[Machine] = field(default_factory=list)
    ahead: datetime | None = None  # when work climbs next

    @property
    def first(self) -> datetime:
        return self.last - self.days * DAY

    @property
    def rolled_out(self) -> datetime:
        return max(self.first, self.last - ROLLED_OUT_BEFORE)

    def live(self) -> None:
        self.begin()
        acts = sorted([*self.reports(), *self.imports(), *lives.everything(self.cast())])
        days = groupby(acts, key=lambda act: act.at.astimezone(HOME).date())
        for done, (day, some) in enumerate(days):
            self.ahead = self.next_step()
            for act in some:
                while self.ahead and self.ahead <= act.at:
                    self.climb(self.ahead)
                self.clock.now = max(self.clock.now, act.at)
                act.do()
            self.end(day)
            self.tell(done, self.days + 1)
        self.clock.now = self.last
        self.settle()
        announce(now=self.last)
        self.tell(self.days + 1, self.days + 1)  # however many days nothing was told on

    def end(self, day: date) -> None:
        """What Tertib does by itself: seldom at first, each day in the last weeks."""
        seals.seal(self.clock.now)
        tasks.verify_when_due(self.clock.now, whole=False)
        recent = self.last.astimezone(HOME).date() - day < 30 * DAY
        if recent or day.weekday() == 0:
            self.settle()
            ask_for_years(now=self.clock.now)
            remind_of(now=self.clock.now)

    def settle(self) -> None:
        engine.judge()
        engine.tick(self.clock.now)
        matters.settle(now=self.clock.now)
        self.climb(self.clock.now)

    def next_step(self) -> datetime | None:
        """Return when work climbs, reminds or is overdue next."""
        waiting = Step.objects.filter(outcome="", item__closed_at=None)
        return waiting.order_by("at").values_list("at", flat=True).first()

    def climb(self, at: datetime) -> None:
        """Take the steps of that instant, and look when the next ones come."""
        self.clock.now = max(self.clock.now, at)
        climb(now=self.clock.now)
        self.ahead = self.next_step()

    def cast(self) -> lives.Cast:
        return lives.Cast(
            first=self.first,
            last=self.last,
            clock=self.clock,
            sites=self.sites,
            it=self.it,
            management=self.management,
            people=self.people,
            settle=self.settle,
        )

    # --- The first day ---

    def begin(self) -> None:
        now = self.clock.now = self.first
        site = first_start(now, demo=True)
        publish_shipped(now)
        first_enrolment(site, now)
        home = company.PLACES[0]
        describe_company(name=company.NAME, zone=home.zone, by=None, now=now)
        change_site(site, name=home.name, zone=home.zone, ranges=[home.network], by=None, now=now)
        self.sites = [site] + [
            add_site(name=place.name, zone=place.zone, ranges=[place.network], by=None, now=now)
            for place in company.PLACES[1:]
        ]
        self.it = [self._hire(name, role, at, "tim_ti") for name, role, at in company.IT]
        self.management = [
            self._hire(name, "manajemen", at, "direksi") for name, at in company.MANAGEMENT
        ]
        for place, (name, at) in enumerate(company.people(self.random, self.size)):
            team = company.DEPARTMENTS[place % len(company.DEPARTMENTS)]
            role = "atasan" if place < len(company.DEPARTMENTS) else "pengguna"
            person = self._hire(name, role, at, team)
            self.people.append(person)
            heads = self.people[: len(company.DEPARTMENTS)]
            above = self.management[0] if person in heads else heads[place % len(heads)]
            set_manager(person, above, by=None, now=now)
        for person in self.it[1:]:
            set_manager(person, self.it[0], by=None, now=now)
        for word, name in company.TEAM_NAMES.items():
            rename_team(Team.objects.get(word=word), name=name, by=None, now=now)
        leads = {"tim_ti": self.it[0], "direksi": self.management[0]}
        leads |= dict(zip(company.DEPARTMENTS, self.people, strict=False))
        for word, lead in leads.items():
            name_lead(Team.objects.get(word=word), lead, by=None, now=now)
        set_manager(self.it[0], self.management[0], by=None, now=now)
        auditor = self._hire(company.AUDITOR, "auditor", 0, "")
        self.everybody = [*self.it, *self.management, *self.people, auditor]
        self.machines = machines(self.random, self.size)

    def _hire(self, name: str, role: str, at: int, team: str) -> User:
        return add_person(
            full_name=name,
            email=company.email(name),
            site=self.sites[at],
            role=role,
            team=team,
            by=None,
            now=self.clock.now,
        )

    # --- What machines and other systems tell ---

    def reports(self) -> Iterator[Act]:
        """Each computer reports every four weeks, and in the last days once more."""
        for number, machine in enumerate(self.machines):
            at = self.rolled_out + timedelta(hours=2, minutes=3 * number)
            while at <= self.last - 3 * DAY:
                yield Act(at, partial(self._report, machine))
                at += REPORTS_EVERY * DAY
            at = self.last - timedelta(hours=30) + timedelta(minutes=number * 8)
            yield Act(at, partial(self._report, machine))
        yield Act(self.rolled_out + timedelta(hours=16), self._register)
        repaired = with_new_board(self.machines[len(self.machines) // 8], self.random)
        yield Act(self.last - timedelta(minutes=100), partial(self._report, repaired))

    def _report(self, machine: Machine) -> None:
        report(machine, self.sites[machine.place], now=self.clock.now)

    def _register(self) -> None:
        """Say whose each computer is, as the register asks."""
        for number, asset in enumerate(Asset.objects.order_by("pk").select_related("site")):
            there = [one for one in self.everybody[:-1] if one.site_id == asset.site_id]
            kind = "server" if asset.name.startswith("SV") else asset.type
            owner = there[number % len(there)]
            change_asset(asset, by=self.it[1], now=self.clock.now, owner=owner, type=kind)

    def imports(self) -> Iterator[Act]:
        told = Told(
            random=self.random,
            first=self.first,
            last=self.last,
            rolled_out=self.rolled_out,
            machines=self.machines,
            people=[str(one.uuid) for one in self.everybody],
            it=[str(one.uuid) for one in self.it],
            manager=str(self.management[0].uuid),
            sites=[str(site.uuid) for site in self.sites],
        )
        brought = sorted(everything(told), key=lambda one: (one.at.date(), one.source, one.at))
        for (_day, source), some in groupby(brought, key=lambda one: (one.at.date(), one.source)):
            rows = list(some)
            yield Act(rows[-1].at, partial(self._bring, rows, source))

    def _bring(self, brought: list[Any], source: str) -> None:
        report = intake.take([one.row for one in brought], source=source)
        if report.refused:
            place, why = next(iter(report.refused.items()))
            raise AssertionError(f"{source}: {brought[place].row}: {why}")
