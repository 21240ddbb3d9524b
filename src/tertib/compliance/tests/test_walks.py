"""A walk says at every instant what judging that instant says, and no promise to look again lies.

The random companies live in New York in the week in which its clocks go forward or back, so that
windows bend; the reference's tests do the same at home.
"""

from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertib.compliance import kinds, walk
from tertib.compliance.records import Fact, Key, Slice, Span, Step, Verdict, Waiver
from tertib.compliance.tests import stream_laws, streams
from tertib.compliance.tests.world import FAR_LATER, World
from tertib.sop.format import InForce

LIVE = sorted(stream_laws.READ)
thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Days from stream_laws.BEGIN to noon, two days before the clocks change.
MOVES = {"America/New_York": (4, 242), "Asia/Jakarta": (0, 26)}
seconds = st.sampled_from([0, 0, 1, 30, 59])


@st.composite
def slices(draw: Any, control: str) -> Slice:
    """A busy subject of a random company, where its clocks change; instants to the second."""
    zone = draw(st.sampled_from(sorted(MOVES)))
    move = timedelta(days=draw(st.sampled_from(MOVES[zone])), seconds=draw(seconds))
    windows = draw(st.sampled_from([None, "2 days", "1 months"]))
    law = tuple(there(one, zone, move, windows) for one in draw(stream_laws.laws()))
    subject = streams.ABOUT.get(stream_laws.READ[control][0], streams.ASSETS)[0]
    begin = stream_laws.BEGIN + move
    facts = draw(st.lists(busy(control, subject, begin), max_size=24))
    facts = [replace(fact, id=f"f{n:02}") for n, fact in enumerate(facts)]
    edges = sorted(draw(st.lists(st.integers(-600, 7000), max_size=3, unique=True)))
    bounds = [None if n is None else begin + timedelta(minutes=n) for n in (-9000, *edges, None)]
    spans = [
        Span(population, subject, began, ended, begin)
        for population in ("assets", "people", "organisation")
        for began, ended in zip(bounds[::2], bounds[1::2], strict=False)
        if began
    ]
    waivers = []
    if draw(st.integers(0, 3)) == 0:
        began = begin + timedelta(minutes=draw(st.integers(0, 5000)))
        waivers = [Waiver(control, None, began, began + timedelta(hours=9), begin)]
    roles = [Span("role:deputy", "p1", begin, begin + timedelta(days=3), begin)]
    ordered = sorted(facts, key=lambda fact: fact.order)
    return Slice(control, subject, ordered, spans, law, waivers, roles)


def there(one: InForce, zone: str, move: timedelta, windows: str | None) -> InForce:
    """The same version in that zone, and for windows of a control's own those."""

    def bent(control: Any) -> Any:
        if windows is None or not hasattr(control, "window"):
            return control
        return replace(control, window=stream_laws.d(windows))

    clauses = tuple(
        replace(clause, controls=tuple(map(bent, clause.controls))) for clause in one.sop.clauses
    )
    return InForce(one.since + move, replace(one.sop, timezone=zone, clauses=clauses))


GOOD: dict[str, dict[str, Any]] = {
    "trained": {"topics": ["x", "y"]},
    "signal": {"level": "daily"},
    "posture": {
        "on": True,
        "level": {"good": True},
        "count": 2,
        "tags": ["x", "y"],
        "fields": {"tag": "t", "owner": "o"},
    },
    "patch": {"old": None, "host": "h2", "other": "h1", "version": "1", "on": True},
    "up": {"value": 1},
    "opened": {"score": 5, "name": "n"},
    "released": {"artifact": "v1", "author": "p2", "accepters": ["p1"]},
    "test": {"artifact": "v1"},
    "item": {"item": "one"},
    **{kind: {"name": "n"} for kind in ("reply", "solved", "wait", "resume", "void")},
}


@st.composite
def busy(draw: Any, control: str, subject: str, begin: datetime) -> Fact:
    """A fact about the subject, more often as it should be than not."""
    kind = draw(
        st.sampled_from([kind for kind in stream_laws.READ[control] if kind != "seen"] or ["seen"])
    )
    at = begin + timedelta(minutes=draw(st.integers(-600, 7200)), seconds=draw(seconds))
    good = draw(st.integers(0, 3)) > 0
    body = dict(GOOD.get(kind, {})) if good else dict(draw(streams.BODIES[kind]))
    if kind == "posture":
        body |= {"at": at.isoformat(), "next": (at + timedelta(hours=9)).isoformat()}
    if kind == "up":
        body["until"] = (at + timedelta(minutes=draw(st.integers(1, 900)))).isoformat()
    outcome = draw(st.sampled_from(["ok", "ok", "ok", "failed"]))
    if kind == "record":
        outcome = draw(st.sampled_from(["open", "closed"]))
    actor = draw(st.sampled_from(["p1", "p1", "p2", None]))
    return Fact(kind, subject, at, at, outcome, body, actor, "busy", "")


@st.composite
def moments(draw: Any, sliced: Slice, count: int) -> list[datetime]:
    """Instants in order: anywhere, and at the very edges of what is recorded."""
    begin = sliced.law[0].since - timedelta(hours=5)
    edges = [fact.occurred_at for fact in sliced.facts]
    edges += [span.began_at for span in sliced.spans]
    edges += [span.ended_at for span in sliced.spans if span.ended_at]
    anywhere = st.integers(0, 9 * 24 * 60).map(lambda n: begin + timedelta(minutes=n))
    near = st.sampled_from(edges or [begin])
    one = st.one_of(anywhere, near)
    return sorted(draw(st.lists(one, min_size=count, max_size=count)))


def standing(steps: list[Step], t: datetime) -> Verdict | None:
    past = [step for step in steps if step.at <= t]
    return past[-1].verdict if past else None


def essence(verdict: Verdict | None) -> tuple[str, str] | None:
    return None if verdict is None else (verdict.state, verdict.bare)


@pytest.mark.parametrize("control", LIVE)
def test_a_walk_says_what_judging_each_instant_says(control: str) -> None:
    @thorough
    @given(st.data())
    def holds(data: Any) -> None:
        sliced = data.draw(slices(control))
        since, *between, until = data.draw(moments(sliced, 8))
        walked = walk.walk(sliced, since, until)
        for t in (since, *between, until):
            judged = walk.at(sliced, t)
            for key in {*judged, *walked}:
                said = essence(standing(walked.get(key, []), t))
                assert said == essence(judged.get(key)), (key, t)
        assert {
            key: steps[-1].verdict for key, steps in walked.items() if steps[-1].verdict
        } == walk.at(sliced, until)

    holds()


@pytest.mark.parametrize("control", LIVE)
def test_a_walk_from_later_on_is_the_tail_of_the_whole(control: str) -> None:
    @thorough
    @given(st.data())
    def holds(data: Any) -> None:
        sliced = data.draw(slices(control))
        since, middle, until = data.draw(moments(sliced, 3))
        whole, later = walk.walk(sliced, since, until), walk.walk(sliced, middle, until)
        for key in {*whole, *later}:
            tail = [step for step in whole.get(key, []) if step.at > middle]
            steps = later.get(key, [])
            assert steps[1:] == tail or not steps[1:] + tail, key
            if steps and not tail and whole[key][-1].at <= middle:
                assert (steps[0].verdict, steps[0].next_at) == (
                    whole[key][-1].verdict,
                    whole[key][-1].next_at,
                )

    holds()


@pytest.mark.parametrize("control", LIVE)
def test_nothing_changes_before_the_instant_that_is_promised(control: str) -> None:
    @thorough
    @given(st.data())
    def holds(data: Any) -> None:
        sliced = data.draw(slices(control))
        walker = walk.Walker(sliced)
        t, *later = data.draw(moments(sliced, 12))
        for key in walker.standings():
            stand = walker.stand(key, t)
            for u in later:
                if u == t or (stand.next_at is not None and u >= stand.next_at):
                    continue
                again = walker.stand(key, u)
                assert again.next_at == stand.next_at
                if stand.drifts and stand.verdict and again.verdict:
                    again = again._replace(
                        verdict=replace(again.verdict, share=stand.verdict.share)
                    )
                assert again.verdict == stand.verdict, (key, t, u)

    holds()


@pytest.mark.parametrize("control", LIVE)
def test_what_is_within_reach_is_enough(control: str) -> None:
    @thorough
    @given(st.data())
    def holds(data: Any) -> None:
        sliced = data.draw(slices(control))
        since, until = data.draw(moments(sliced, 2))
        found = [one.sop.controls[control] for one in sliced.law]
        begins = kinds.reach(found[-1], sliced.law, since)
        if begins is None:
            return
        near = [fact for fact in sliced.facts if fact.occurred_at >= begins]
        before = [fact for fact in sliced.facts if fact.occurred_at < begins]
        good = [fact for fact in before if fact.outcome == "ok"]
        newest = {id(fact): fact for fact in (*before[-1:], *good[-1:])}
        bounded = replace(
            sliced, facts=sorted([*newest.values(), *near], key=lambda fact: fact.order)
        )
        whole, enough = (walk.walk(one, since, until) for one in (sliced, bounded))
        assert enough == {key: steps for key, steps in whole.items() if key in enough}
        for key in {*whole} - {*enough}:
            assert all(step.verdict is None for step in whole[key])

    holds()


def test_a_subject_who_counts_later_has_a_promise_and_no_verdict() -> None:
    world = World.of_case({"control": "inv.hw.fresh", "lines": []})
    world.tell(
        {
            "member": "hardware",
            "subject": {"kind": "asset", "key": "a"},
            "from": "2026-11-20T08:00:00+07:00",
        }
    )
    [sliced] = world.slices("inv.hw.fresh", FAR_LATER)
    t = datetime(2026, 11, 1, tzinfo=UTC)
    begins = datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert walk.walk(sliced, t, t) == {Key("asset:a"): [Step(t, None, begins)]}


@thorough
@given(st.data())
def test_the_state_of_a_threshold_is_what_its_seconds_say(data: Any) -> None:
    sliced = data.draw(slices("share"))
    for t in data.draw(moments(sliced, 40)):
        for verdict in walk.at(replace(sliced, waivers=()), t).values():
            good, member = verdict.share or (0, 0)
            in_force = [one for one in sliced.law if one.since <= t][-1]
            share = in_force.sop.controls["share"].share
            if verdict.state in ("compliant", "lapsed"):
                assert (verdict.state == "compliant") == (100 * good >= share * member)
            else:
                assert verdict.state == "pending" or good == 0
