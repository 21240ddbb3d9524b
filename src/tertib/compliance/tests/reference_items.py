"""Semantics 4, item kinds, slowly: one item per fact."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tertib.compliance.records import Fact, Ref
from tertib.compliance.tests.reference_known import MINUTE, Known, back, limit, same, works
from tertib.sop import format as sop


@dataclass
class Items(Known):
    def correspond(self, a: Fact, b: Fact, match: str | None) -> bool:
        name = match or ""
        named = same(a.body.get(name), b.body.get(name)) and a.body.get(name) is not None
        if match and self.world.about.get(a.subject) != self.world.about.get(b.subject):
            return named
        return a.subject == b.subject and (match is None or named)

    def item_states(self, control: sop.OfItems) -> dict[tuple[str, str], tuple[str, Ref]]:
        start, states = self.back(control.window), {}
        kind = control.trigger if isinstance(control, sop.Deadline) else control.event  # type: ignore[attr-defined]
        for item in self.facts([kind], ok=False):
            if control.population and not self.is_in(
                control.population, item.subject, item.occurred_at
            ):
                continue
            inside = item.occurred_at > start
            match control:
                case sop.Deadline():
                    state = self.deadline(control, item, inside=inside)
                case sop.Sequence():
                    state = self.sequence(control, item) if inside else None
                case sop.Ratio():
                    good = all(self.holds(c, item.body) for c in control.require)
                    state = ("compliant" if good else "lapsed") if inside else None
                    if self.voided(control, item, None):
                        state = None
                case _:
                    raise AssertionError(control)
            if state:
                states[item.source, item.id] = (state, item.subject)
        return states

    def voided(self, control: sop.OfItems, item: Fact, due: datetime | None) -> bool:
        return any(
            self.correspond(item, f, control.match)
            and item.occurred_at <= f.occurred_at
            and (due is None or f.occurred_at < due)
            for f in self.facts(control.void, ok=True)
        )

    def deadline(self, control: sop.Deadline, item: Fact, *, inside: bool) -> str | None:
        x = item.occurred_at
        answers = [
            f.occurred_at
            for f in self.facts(control.until, ok=True)
            if self.correspond(item, f, control.match)
        ]
        since = back(x, control.early, self.zone) if control.early else x
        answers = [a for a in answers if a >= since]
        if not answers and not inside:
            pass  # unanswered ones stay, however old
        elif not inside:
            return None
        due = self.due(control, item)
        if self.voided(control, item, due):
            return None
        if (
            not answers
            and control.population
            and not self.is_in(control.population, item.subject, self.t)
        ):
            return None
        if any(due is None or a <= due for a in answers):
            return "compliant"
        return "lapsed" if due is not None and due <= self.t else "pending"

    def due(self, control: sop.Deadline, item: Fact) -> datetime | None:
        """None: a pause stands, so it is not reached."""
        x = item.occurred_at
        past = [v for v in self.world.law if v.since <= x] or [self.world.law[0]]
        old, zone = past[-1].sop, ZoneInfo(past[-1].sop.timezone)
        was = old.controls[control.id]
        assert isinstance(was, sop.Deadline)
        if was.within.exact is None:
            return limit(x, was.within, zone, old.calendar)
        site = ZoneInfo(item.body.get("zone") or old.timezone)
        left, minute = was.within.exact, x

        def stands(at: datetime) -> bool:
            on = False
            if control.pause:
                for f in self.facts([control.pause.start, control.pause.until], ok=True):
                    if f.occurred_at <= at and self.correspond(item, f, control.match):
                        on = f.kind == control.pause.start
            return on

        for _ in range(60 * 24 * 60):
            # The answer is the first minute at which all the time has passed: at a closing it
            # stays there, and a pause that begins at that very minute changes nothing.
            if not left:
                return minute
            if stands(minute):
                if minute > self.t:
                    return None
            elif was.clock == "always" or works(minute, site, old.calendar):
                left -= MINUTE
            minute += MINUTE
        return None

    def sequence(self, control: sop.Sequence, item: Fact) -> str | None:
        if self.voided(control, item, None):
            return None
        earlier = [
            e.occurred_at
            for e in self.facts([control.event], ok=False)
            if e.occurred_at < item.occurred_at and self.correspond(item, e, control.match)
        ]
        for entry in control.before:
            facts = [
                f
                for f in self.facts([entry.event], ok=True)
                if self.correspond(item, f, control.match) and f.occurred_at <= item.occurred_at
            ]
            if entry.since_previous and earlier:
                facts = [f for f in facts if f.occurred_at > max(earlier)]
            if entry.by == "other_than_author":
                author = item.body.get("author")
                facts = [f for f in facts if f.actor and author and str(f.actor) != str(author)]
            if entry.by == "requester_or_owner":
                accepters = [str(one) for one in item.body.get("accepters") or ()]
                facts = [f for f in facts if f.actor and str(f.actor) in accepters]
            if entry.same_artifact:
                made = item.body.get("artifact")
                facts = [f for f in facts if made is not None and f.body.get("artifact") == made]
            if entry.items:
                if not all(any(f.body.get("item") == one for f in facts) for one in entry.items):
                    return "lapsed"
            elif not facts:
                return "lapsed"
        return "compliant"
