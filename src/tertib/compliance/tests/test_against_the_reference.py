"""The engine and the slow reference read the same ledgers and say the same."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tertib.compliance import walk
from tertib.compliance.records import Key, Step
from tertib.compliance.tests import reference, streams
from tertib.compliance.tests.stream_laws import BEGIN, REACHABLE, READ
from tertib.compliance.tests.world import World

thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BATCHES = 20


def engine_s(world: reference.World) -> World:
    """The same company as the engine's in-memory world; order of arrival is the list's."""
    same = World(world.law, {kind: frozenset(["asset"]) for kind in streams.BODIES})
    same.about = {**same.about, **dict.fromkeys(("signal", "attest.attested"), frozenset(["org"]))}
    same.about["trained"] = frozenset(["person"])
    same.facts = list(world.facts)
    same.spans = list(world.spans)
    same.waivers = list(world.waivers)
    same.retracted = dict(world.retracted)
    same.merged = [(str(a), str(b), at) for a, b, at in world.merges]
    return same


def told(control: str, world: reference.World, t: datetime, k: datetime) -> reference.Answer:
    return reference.Judge(world, t, k).control(control)


@pytest.fixture(autouse=True)
def one_name_for_the_organisation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tertib.compliance.tests.world.ORG", reference.ORG)


@pytest.mark.parametrize("control", sorted(READ))
def test_every_kind_says_what_the_page_says_in_every_state_it_can_be_in(control: str) -> None:
    """Nobody would notice a reference that is never asked anything: each state is met."""
    seen = set[str]()

    def ask(data: Any) -> None:
        world = data.draw(streams.worlds(control))
        engine = engine_s(world)
        for _ in range(2):
            t = data.draw(streams.moments(world))
            k = data.draw(st.one_of(st.just(t + timedelta(days=9)), streams.instants))
            expected, score = told(control, world, t, k), engine.score(control, t, k)
            seen.update(expected.counts)
            assert (score.state, score.numerator, score.denominator) == (
                expected.state,
                expected.numerator,
                expected.denominator,
            )
            assert dict(score.counts) == expected.counts
            assert score.share == expected.share
            assert (score.raw, score.adjusted) == (expected.raw, expected.adjusted)

    thorough(given(st.data())(ask))()
    for batch in range(BATCHES):  # what luck has left out so far
        if seen < REACHABLE[control]:
            some = settings(thorough, max_examples=15, database=None)
            seed(batch)(some(given(st.data())(ask)))()
    assert seen == REACHABLE[control]


@pytest.mark.parametrize("control", sorted(READ))
def test_a_walk_says_at_every_minute_what_the_page_says_of_that_minute(control: str) -> None:
    @settings(thorough, max_examples=20)
    @given(st.data())
    def holds(data: Any) -> None:
        world = data.draw(streams.worlds(control))
        since = data.draw(streams.moments(world))
        until = since + timedelta(minutes=data.draw(st.integers(1, 3000)))
        k = BEGIN + timedelta(days=9)
        minutes = int((until - since) / timedelta(minutes=1))
        asked = sorted(data.draw(st.lists(st.integers(0, minutes), min_size=1, max_size=4)))
        steps = {
            key: found
            for one in engine_s(world).slices(control, k)
            for key, found in walk.walk(one, since, until).items()
        }
        for n in asked:
            t = since + timedelta(minutes=n)
            states = {key: state_at(found, t) for key, found in steps.items()}
            seen = {key: state for key, state in states.items() if state}
            expected = told(control, world, t, k)
            if expected.keys or control not in ("exists", "absent"):
                assert {short(key): state for key, state in seen.items()} == expected.keys

    holds()


def test_clauses_rollups_and_the_headline_follow_from_the_controls() -> None:
    @settings(thorough, max_examples=25)
    @given(st.data())
    def holds(data: Any) -> None:
        world = data.draw(streams.worlds())
        t = data.draw(streams.moments(world))
        k = data.draw(st.one_of(st.just(t + timedelta(days=9)), streams.instants))
        judge, whole = reference.Judge(world, t, k), engine_s(world).whole(t, k)
        assert whole.headline == judge.headline()
        for clause in judge.version.sop.clauses:
            found = whole.clauses[clause.id]
            assert (found.state, found.score, found.adjusted) == judge.clause(clause)
        for rollup in ("worst", "mean"):
            expected, score = judge.control(rollup), whole.controls[rollup]
            assert (score.state, score.numerator, score.denominator, score.raw) == (
                expected.state,
                expected.numerator,
                expected.denominator,
                expected.raw,
            )

    holds()


def state_at(steps: list[Step], t: datetime) -> str | None:
    last = [step for step in steps if step.at <= t][-1:]
    return last[0].verdict.state if last and last[0].verdict else None


def short(key: Key) -> Any:
    return key.item or key.subject
