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
from tertib.cli.demo import company
from tertib.cli.demo.machines import Machine, machines, report
from tertib.cli.demo.rooms import everything
from tertib.cli.demo.told import DAY, HOME, Told
from tertib.compliance import actions as engine
from tertib.compliance.announcing import announce
from tertib.evidence import intake, seals, tasks
from tertib.governance import calendars
from tertib.governance.actions.attesting import attest
from tertib.governance.actions.calendars import confirm_year
from tertib.governance.actions.reading import acknowledge
from tertib.governance.actions.reviews import (
    add_action,
    add_point,
    begin_review,
    finish_action,
    set_participants,
    sign_review,
)
from tertib.governance.models import Review
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
from tertib.sop import versions
from tertib.sop.actions import approve, publish_shipped
from tertib.sop.models import Version
from tertib.work.actions import comment
from tertib.work.models import Item, Step
from tertib.work.tasks import climb

SEED = 1927
DAYS = 365
APPROVED_BEFORE = 33 * DAY  # since when the SOP is management's, so that the engine measures itself
ROLLED_OUT_BEFORE = 118 * DAY  # since when the computers have agents
REPORTS_EVERY = 28  # days


@dataclass(order=True)
class Act:
    at: datetime
    do: Callable[[], object] = field(compare=False)


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
    machines: list[Machine] = field(default_factory=list)

    @property
    def first(self) -> datetime:
        return self.last - self.days * DAY

    @property
    def rolled_out(self) -> datetime:
        return max(self.first, self.last - ROLLED_OUT_BEFORE)

    def live(self) -> None:
        self.begin()
        acts = sorted([*self.reports(), *self.imports(), *self.lives()])
        days = groupby(acts, key=lambda act: act.at.astimezone(HOME).date())
        for done, (day, some) in enumerate(days):
            ahead = self.next_step()
            for act in some:
                while ahead and ahead <= act.at:
                    ahead = self.climb(ahead)
                self.clock.now = max(self.clock.now, act.at)
                act.do()
            self.end(day)
            self.tell(done + 1, self.days + 1)
        self.clock.now = self.last
        self.settle()
        announce(now=self.last)

    def end(self, day: date) -> None:
        """What Tertib does by itself: seldom at first, each day in the last weeks."""
        seals.seal(self.clock.now)
        tasks.verify_when_due(self.clock.now, whole=False)
        recent = self.last.astimezone(HOME).date() - day < 30 * DAY
        if recent or day.weekday() == 0:
            self.settle()

    def settle(self) -> None:
        engine.judge()
        engine.tick(self.clock.now)
        climb(now=self.clock.now)

    def next_step(self) -> datetime | None:
        """Return when work climbs, reminds or is overdue next."""
        waiting = Step.objects.filter(outcome="", item__closed_at=None)
        return waiting.order_by("at").values_list("at", flat=True).first()

    def climb(self, at: datetime) -> datetime | None:
        """Take the steps of that instant; return when the next ones come."""
        self.clock.now = max(self.clock.now, at)
        climb(now=self.clock.now)
        return self.next_step()

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

    def _report(self, machine: Machine) -> None:
        report(machine, self.sites[machine.place], now=self.clock.now)

    def _register(self) -> None:
        """Say whose each computer is, as the register asks."""
        everybody = [*self.it, *self.management, *self.people]
        for number, asset in enumerate(Asset.objects.order_by("pk").select_related("site")):
            there = [one for one in everybody if one.site_id == asset.site_id]
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
            people=[str(one.uuid) for one in [*self.it, *self.management, *self.people]],
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

    # --- What people do ---

    def lives(self) -> Iterator[Act]:
        yield Act(self.last - APPROVED_BEFORE, self._approve)
        yield Act(self.last - APPROVED_BEFORE + DAY, self._confirm_calendar)

        for number, person in enumerate([*self.it, *self.management, *self.people]):
            at = self.last - APPROVED_BEFORE + timedelta(hours=1, minutes=47 * number)
            yield Act(at, partial(self._acknowledge, person))
        for before, control, who, text in company.SAID:
            yield Act(self.last - before, partial(self._say, control, who, text))
        held = self.last - 70 * DAY
        yield Act(held, self._review)
        yield Act(held + DAY, self._sign)

    def _approve(self) -> None:
        version = Version.objects.get()
        approve(version, by=self.management[0].uuid, now=self.clock.now)
        attest("obj.benefit_review", by=self.management[0], now=self.clock.now)

    def _confirm_calendar(self) -> None:
        """This year's; the next one is asked for, and waits."""
        now, year = self.clock.now, self.last.astimezone(HOME).year
        digest = calendars.digest(versions.current(now).calendar, year)
        confirm_year(year, digest, by=self.it[0], now=now)

    def _acknowledge(self, person: User) -> None:
        acknowledge(person, digest=Version.objects.get().digest, now=self.clock.now)

    def _say(self, control: str, who: int, text: str) -> None:
        item = Item.objects.open().filter(control=control).first()
        if item:
            comment(item, text=text, by=self.it[who], now=self.clock.now)

    def _review(self) -> None:
        now, head = self.clock.now, self.it[0]
        agenda = ("Hasil pemantauan dua belas bulan", "Klausul yang sering tidak patuh", "Anggaran")
        review = begin_review(now.astimezone(HOME).date(), agenda=agenda, by=head, now=now)
        set_participants(review, [head, *self.management], by=head, now=now)
        add_point(review, "decision", "Uji pemulihan dilakukan tiap triwulan", by=head, now=now)
        for text, owner, days in (
            ("Pasang tautan cadangan di Jayapura", self.it[3], 60),
            ("Tinjau ulang daftar perangkat di gudang", self.it[2], 80),
        ):
            due_on = (now + days * DAY).astimezone(HOME).date()
            add_action(review, text, owner=owner, due_on=due_on, by=head, now=now)

    def _sign(self) -> None:
        review = Review.objects.get()
        sign_review(review, by=self.management[0], now=self.clock.now)
        action = review.actions.order_by("pk")[0]
        finish_action(action, by=self.it[0], now=self.clock.now)
