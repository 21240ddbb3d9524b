"""Semantics 4, subject kinds, slowly: one state per member of a population."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tertib.compliance.records import Fact, Ref
from tertib.compliance.tests.reference_known import (
    DAY,
    GOOD,
    MINUTE,
    MISSING,
    ORG,
    Known,
    add,
    back,
    limit,
    look,
    midnight,
)
from tertib.lib.limits import Duration
from tertib.sop import format as sop


@dataclass
class Subjects(Known):
    def subject_states(
        self, control: sop.OfSubjects
    ) -> dict[Ref, tuple[str, tuple[int, int] | None]]:
        """Bare states: after settle, before waivers."""
        return {s: self.settled(control, s) for s in self.members(control.population)}

    def settled(self, control: sop.OfSubjects, s: Ref) -> tuple[str, tuple[int, int] | None]:
        state, share = self.bare(control, s)
        if control.settle is None or state not in ("lapsed", "no_data"):
            return state, share
        began = (
            self.world.law[0].since
            if control.population is None
            else self.joined(control.population, s)
        )
        if self.t >= self.limit(began, control.settle):
            return state, share
        for moment in self.moments(control, began):
            then = self.at(moment)
            former = then.version.sop.controls.get(control.id)
            if isinstance(former, sop.OfSubjects) and then.bare(former, s)[0] in GOOD:
                return state, share
        return "pending", share

    def moments(self, control: sop.Control, began: datetime) -> list[datetime]:
        """Instants in [began, t] at which a bare state may have become good.

        Before the first version nothing is judged, so nobody was fine then.
        """
        began = max(began, self.world.law[0].since)
        if isinstance(control, sop.Threshold):
            minute = began.replace(second=0, microsecond=0)
            count = int((self.t - minute) / MINUTE)
            return [m for n in range(count + 1) if (m := minute + n * MINUTE) >= began]
        day, marks = began.astimezone(self.zone).date(), [began]
        while midnight(day, self.zone) <= self.t:
            marks.append(midnight(day, self.zone))
            day += DAY
        marks += [f.occurred_at for f in self.world.facts]
        marks += [v.since for v in self.world.law]
        return [m for m in marks if began <= m <= self.t]

    def bare(self, control: sop.Control, s: Ref) -> tuple[str, tuple[int, int] | None]:
        match control:
            case sop.Freshness():
                return self.fresh(self.newest_of(control, s), control.within, control.warn), None
            case sop.Attest():
                return self.fresh(self.newest_attested(control), control.within, control.warn), None
            case sop.Schedule():
                return self.schedule(control, s)
            case sop.Coverage():
                return self.coverage(control, s), None
            case sop.Threshold():
                return self.threshold(control, s)
        raise AssertionError(control)

    def of(self, control: sop.Freshness | sop.Schedule, s: Ref) -> list[Fact]:
        return [
            f
            for f in self.facts([control.evidence], ok=True)
            if f.subject == s and (control.level is None or f.body.get("level") == control.level)
        ]

    def newest_of(self, control: sop.Freshness, s: Ref) -> datetime | None:
        facts = self.of(control, s)
        if not control.topics:
            return facts[-1].occurred_at if facts else None
        newest = [
            max((f.occurred_at for f in facts if topic in f.body.get("topics", ())), default=None)
            for topic in control.topics
        ]
        return None if None in newest else min(x for x in newest if x)

    def newest_attested(self, control: sop.Attest) -> datetime | None:
        roles = self.version.sop.roles

        def below(role: str | None) -> bool:
            while role and role != control.by:
                role = roles[role].parent
            return role == control.by

        signed = [
            f.occurred_at
            for f in self.facts([control.evidence], ok=True)
            if f.subject == ORG
            and f.actor is not None
            and any(
                self.is_in("role:" + role, self.who(f.actor), f.occurred_at)
                for role in roles
                if below(role)
            )
        ]
        return max(signed, default=None)

    def fresh(self, x: datetime | None, within: Duration, warn: Duration | None) -> str:
        if x is None:
            return "no_data"
        end = self.limit(x, within)
        if self.t >= end:
            return "lapsed"
        return "due_soon" if warn and self.t >= back(end, warn, self.zone) else "compliant"

    def schedule(self, control: sop.Schedule, s: Ref) -> tuple[str, tuple[int, int]]:
        facts = self.of(control, s)
        slots = self.slots(control, s, facts)

        def closes(slot: tuple[date, date]) -> datetime:
            end = midnight(slot[1], self.zone)
            if control.grace is None:
                return end
            if control.grace.exact is not None:
                return end + control.grace.exact
            return midnight(add(slot[1], control.grace), self.zone)

        def filled(slot: tuple[date, date]) -> bool:
            begin, end = (midnight(day, self.zone) for day in slot)
            for f in facts:
                if f.body.get("for") is not None:
                    day = date.fromisoformat(f.body["for"])
                    if slot[0] <= day < slot[1] and begin <= f.occurred_at < closes(slot):
                        return True
                elif begin <= f.occurred_at < end:
                    return True
            return False

        def expected(slot: tuple[date, date]) -> bool:
            begin, end = (midnight(day, self.zone) for day in slot)
            if control.population is None:
                return begin >= self.world.law[0].since
            reach = begin
            for a, b in sorted(self.spans(control.population, s), key=lambda span: span[0]):
                if a <= reach and (b is None or b > reach):
                    if b is None:
                        return True
                    reach = b
            return reach >= end

        done = [slot for slot in slots if filled(slot)]
        closed = [slot for slot in slots if expected(slot) and closes(slot) <= self.t]
        counted = [slot for slot in closed if closes(slot) > self.back(control.window)]
        share = (sum(slot in done for slot in counted), len(counted))
        newest_filled, newest_closed = done[-1:], closed[-1:]
        if not newest_closed:
            state = "compliant" if newest_filled else "pending"
        elif newest_filled >= newest_closed:
            state = "compliant"
        else:
            state = "lapsed" if facts else "no_data"
        if state == "compliant" and control.warn:
            running = [
                slot
                for slot in slots
                if expected(slot)
                and slot not in done
                and midnight(slot[0], self.zone) <= self.t
                and (not newest_closed or slot > newest_closed[0])
            ]
            if running and self.t >= back(closes(running[0]), control.warn, self.zone):
                state = "due_soon"
        return state, share

    def slots(self, control: sop.Schedule, s: Ref, facts: list[Fact]) -> list[tuple[date, date]]:
        begins = [self.world.law[0].since]
        if control.population:
            begins += [a for a, _ in self.spans(control.population, s)]
        days = [x.astimezone(self.zone).date() for x in begins + [f.occurred_at for f in facts]]
        days += [date.fromisoformat(f.body["for"]) for f in facts if f.body.get("for") is not None]
        unit, count = control.every.unit, control.every.count
        first = min(days)
        if unit == "weeks":
            first -= first.weekday() * DAY
        elif unit == "months":
            first = date(first.year, (first.month - 1) // count * count + 1, 1)
        elif unit == "years":
            first = date(first.year, 1, 1)
        last, found = self.t.astimezone(self.zone).date(), []
        while first <= last:
            found.append((first, add(first, control.every)))
            first = found[-1][1]
        return found

    def coverage(self, control: sop.Coverage, s: Ref) -> str:
        facts = [f for f in self.facts(control.evidence, ok=True) if f.subject == s]
        true = True
        for condition in control.require:
            held = [f for f in facts if look(f.body, condition.path) is not MISSING]
            if not held or self.t >= self.limit(held[-1].occurred_at, control.max_age):
                return "no_data"
            true &= self.holds(condition, held[-1].body)
        return "compliant" if true else "lapsed"

    def threshold(self, control: sop.Threshold, s: Ref) -> tuple[str, tuple[int, int]]:
        cut = self.t.replace(second=0, microsecond=0)
        runs = [f for f in self.at(cut).facts([control.metric], ok=False) if f.subject == s]
        minute, ok, member, held = back(cut, control.window, self.zone), 0, 0, False
        while minute < cut:
            if control.population is None:
                is_member = minute >= self.world.law[0].since
            else:
                is_member = self.is_in(control.population, s, minute)
            if is_member:
                member += 60
                before = [f for f in runs if f.occurred_at <= minute]
                if before:
                    run = before[-1]
                    until = run.body.get("until")
                    end = (
                        datetime.fromisoformat(until)
                        if until is not None
                        else limit(run.occurred_at, control.hold, self.zone, self.calendar)
                    )
                    if minute < end:
                        held = True
                        if all(self.holds(c, run.body) for c in control.require):
                            ok += 60
            minute += MINUTE
        if not held:
            return "no_data", (ok, member)
        good = Fraction(ok, member) * 100 >= control.share
        return ("compliant" if good else "lapsed"), (ok, member)
