"""Random companies: one control of every kind, short promises, and streams of what is recorded.

Instants are whole minutes within five days, so that the minute-by-minute reference stays bearable.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tertib.compliance.records import Fact, Ref, Span, Waiver
from tertib.compliance.tests.reference import ORG, World
from tertib.lib.limits import Calendar, Duration
from tertib.sop import format as sop

ZONE = "Asia/Jakarta"
BEGIN = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 00:00 on Tuesday, 3 March in Jakarta
MINUTES = 5 * 24 * 60
ASSETS, PEOPLE = ("a1", "a2"), ("p1", "p2")
HOURS = [(timedelta(hours=8), timedelta(hours=12)), (timedelta(hours=13), timedelta(hours=17))]
KEPT = {"id": "-", "en": "-"}


def text() -> sop.Text:
    return sop.Text(**KEPT)


def d(written: str) -> Duration:
    count, unit = written.split()
    return Duration(int(count), unit)


def common(name: str, **given: Any) -> dict[str, Any]:
    return {
        "id": name,
        "clause": "c1",
        "title": text(),
        "unit": text(),
        "comes_from": None,
        "active": True,
        "because": "",
        "weight": Fraction(given.pop("weight", 1)),
        "target": Fraction(given.pop("target", 100)),
        "lapse": None,
        "empty": given.pop("empty", "no_data"),
        "alive": given.pop("alive", None),
        "alive_share": Fraction(given.pop("alive_share", 80)),
        **given,
    }


def when(path: str, op: str, operand: object) -> sop.Condition:
    return sop.Condition(tuple(path.split(".")), op, operand)


def controls(draw: Any) -> list[sop.Control]:
    """One or two of each kind; how long their promises are is drawn."""

    def pick(*words: str) -> Duration:
        return d(draw(st.sampled_from(words)))

    def maybe(*words: str) -> Duration | None:
        found: Duration | None = draw(st.sampled_from([None, *map(d, words)]))
        return found

    settle = maybe("2 hours", "1 days")
    of_assets = {"population": "assets", "settle": settle}
    items = {
        "population": draw(st.sampled_from([None, "assets"])),
        "window": pick("1 days", "2 days"),
    }
    lively = {
        "alive": "fresh",
        "empty": draw(st.sampled_from(["no_data", "vacuous_if_alive"])),
        "alive_share": draw(st.sampled_from([50, 80])),
    }
    return [
        sop.Freshness(
            **common("fresh", **of_assets),
            evidence="seen",
            level=None,
            topics=(),
            within=pick("90 minutes", "1 days", "1 workdays"),
            warn=maybe("30 minutes", "1 days"),
        ),
        sop.Freshness(
            **common("topics", population="people", settle=settle, target=50),
            evidence="trained",
            level=None,
            topics=("x", "y"),
            within=pick("1 days"),
            warn=None,
        ),
        sop.Freshness(
            **common("ours", population=None, settle=settle),
            evidence="signal",
            level="daily",
            topics=(),
            within=pick("5 hours", "1 days"),
            warn=None,
        ),
        sop.Schedule(
            **common("slots", **of_assets),
            evidence="done",
            level=None,
            every=d("1 days"),
            grace=maybe("6 hours", "1 days"),
            window=pick("2 days", "3 days"),
            warn=maybe("3 hours"),
        ),
        sop.Coverage(
            **common("cover", **of_assets),
            evidence=("posture", "patch"),
            max_age=pick("1 days", "30 hours"),
            require=tuple(
                draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True))
            ),
        ),
        sop.Threshold(
            **common("share", population="assets", settle=maybe("2 hours")),
            metric="up",
            hold=d("5 minutes"),
            require=(when("value", "gte", 1),),
            share=Fraction(draw(st.sampled_from([50, 75, 100]))),
            window=pick("1 hours", "3 hours"),
        ),
        sop.Attest(
            **common("attested", population=None, settle=None),
            by="boss",
            statement=text(),
            within=pick("1 days"),
            warn=maybe("2 hours"),
        ),
        sop.Deadline(
            **common("answered", **items, **lively),
            void=("void",),
            match=draw(st.sampled_from([None, "name"])),
            trigger="opened",
            until=("reply", "solved"),
            early=maybe("2 hours", "1 days"),
            pause=draw(st.sampled_from([None, sop.Pause("wait", "resume")])),
            within=pick("90 minutes", "5 hours"),
            clock=draw(st.sampled_from(["business", "always"])),
            warn=None,
        ),
        sop.Deadline(
            **common("by_day", **items),
            void=(),
            match=None,
            trigger="opened",
            until=("solved",),
            early=None,
            pause=None,
            within=pick("1 days", "1 workdays"),
            clock="business",
            warn=None,
        ),
        sop.Sequence(
            **common("tested", **items, **lively),
            void=("void",),
            match=None,
            event="released",
            before=draw(st.sampled_from(BEFORE)),
        ),
        sop.Ratio(
            **common("rated", target=50, **items),
            void=("void",),
            match=None,
            event="opened",
            require=(when("score", "gte", 4),),
        ),
        sop.Existence(**common("exists"), record="record", min=draw(st.sampled_from([1, 2]))),
        sop.Absence(
            **common("absent", alive="fresh", alive_share=50),
            record="record",
            tolerate=pick("0 hours", "3 hours", "1 days", "1 workdays"),
        ),
    ]


CONDITIONS = (
    when("on", "eq", True),
    when("level.good", "eq", True),
    when("count", "lte", 2),
    when("fields", "filled", ("tag", "owner")),
    when("tags", "contains", ("x", "y")),
    when("at", "newer_than", d("1 days")),
    when("old", "none_or_newer_than", d("20 hours")),
    when("next", "within_next", d("1 days")),
    when("host", "differs_from", ("other",)),
    when("version", "in_force", d("1 days")),
)
BEFORE = (
    (sop.Before("test", same_artifact=True),),
    (sop.Before("approve", by="other_than_author"), sop.Before("test")),
    (sop.Before("accept", by="requester_or_owner"),),
    (sop.Before("item", since_previous=True, items=("one", "two")),),
)


@st.composite
def laws(draw: Any) -> list[sop.InForce]:
    """One version, or two that differ in what they promise."""
    law = [sop.InForce(BEGIN, company("1", controls(draw)))]
    if draw(st.booleans()):
        since = BEGIN + timedelta(days=draw(st.integers(1, 4)))
        law.append(sop.InForce(since, company("2", controls(draw))))
    return law


def company(version: str, judged: Sequence[sop.Control]) -> sop.Sop:
    rolled = [
        sop.Rollup(**common("worst", clause="c2"), of=("c1",), method="worst"),
        sop.Rollup(**common("mean", clause="c2"), of=("c1", "c3"), method="mean"),
    ]
    last = [c for c in judged if c.id == "exists"]
    rest = [c for c in judged if c.id != "exists"]
    clauses = [("c1", "state", rest), ("c2", "outcome", rolled), ("c3", "state", last)]
    roles = [("boss", None), ("deputy", "boss"), ("other", None)]
    return sop.Sop(
        id="random",
        version=version,
        title=text(),
        effective_from=date(2026, 3, 3),
        timezone=ZONE,
        calendar=Calendar([HOURS] * 5 + [(), ()], {date(2026, 3, 5)}),
        waiver_max=d("90 days"),
        waiver_approver="boss",
        waiver_renewals=1,
        acknowledge_by=(),
        acknowledge_within=None,
        approve_by="boss",
        escalation={},
        roles={one: sop.Role(one, text(), parent) for one, parent in roles},
        populations={
            "assets": sop.Population("assets", "asset", {}, text()),
            "people": sop.Population("people", "person", {}, text()),
        },
        sections=(),
        clauses=tuple(
            sop.Clause(one, text(), text(), kind, "boss", "boss", (), (), {}, tuple(own))  # type: ignore[arg-type]
            for one, kind, own in clauses
        ),
    )


instants = st.integers(-300, MINUTES).map(lambda n: BEGIN + timedelta(minutes=n))


def iso(at: datetime) -> str:
    return at.astimezone(ZoneInfo(ZONE)).isoformat()


flags = st.sampled_from([True, False, 1, None])
BODIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "seen": st.just({}),
    "trained": st.fixed_dictionaries({"topics": st.sampled_from([["x"], ["y"], ["x", "y"], []])}),
    "signal": st.sampled_from([{"level": "daily"}, {"level": "weekly"}, {}]),
    "done": st.sampled_from(
        [{}, {}, {"for": "2026-03-03"}, {"for": "2026-03-04"}, {"for": "2026-03-06"}]
    ),
    "posture": st.fixed_dictionaries(
        {},
        optional={
            "on": flags,
            "level": st.sampled_from([{"good": True}, {"good": False}, {}, None]),
            "count": st.sampled_from([0, 2, 2.5, 3, True, None]),
            "fields": st.sampled_from(
                [{"tag": "t", "owner": "o"}, {"tag": "", "owner": "o"}, {"tag": "t"}]
            ),
            "tags": st.sampled_from([["x", "y"], ["x"], [], None]),
            "at": instants.map(iso),
            "next": instants.map(iso),
        },
    ),
    "patch": st.fixed_dictionaries(
        {},
        optional={
            "old": st.one_of(st.none(), instants.map(iso)),
            "host": st.sampled_from(["h1", "h2", None]),
            "other": st.sampled_from(["h1", None]),
            "version": st.sampled_from(["1", "2"]),
            "on": flags,
        },
    ),
    "up": st.fixed_dictionaries({"value": st.sampled_from([0, 1, 1, 1.0, 2])}),
    "attest.attested": st.just({}),
    "opened": st.fixed_dictionaries(
        {"score": st.sampled_from([3, 4, 5, None])},
        optional={
            "name": st.sampled_from(["n", "m"]),
            "zone": st.sampled_from([ZONE, "Asia/Jayapura"]),
        },
    ),
    "released": st.fixed_dictionaries(
        {"artifact": st.sampled_from(["v1", "v2"]), "author": st.sampled_from(PEOPLE)},
        optional={"accepters": st.sampled_from([["p1"], ["p1", "p2"], []])},
    ),
    "test": st.fixed_dictionaries({}, optional={"artifact": st.sampled_from(["v1", "v2"])}),
    "approve": st.just({}),
    "accept": st.just({}),
    "item": st.fixed_dictionaries({"item": st.sampled_from(["one", "two"])}),
    "record": st.just({}),
    **{
        kind: st.fixed_dictionaries({}, optional={"name": st.sampled_from(["n", "m"])})
        for kind in ("reply", "solved", "void", "wait", "resume")
    },
}
ABOUT = {"trained": PEOPLE, "signal": (ORG,), "attest.attested": (ORG,)}
KINDS: dict[Ref, str] = {
    **dict.fromkeys(ASSETS, "asset"),
    **dict.fromkeys(PEOPLE, "person"),
    ORG: "org",
}


@st.composite
def facts(draw: Any, kinds: Sequence[str]) -> list[Fact]:
    found: list[Fact] = []
    for n in range(draw(st.integers(0, 4)) * draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(kinds))
        at = draw(instants)
        body = draw(BODIES[kind])
        if kind == "up" and draw(st.booleans()):
            body = {**body, "until": iso(at + timedelta(minutes=draw(st.integers(1, 90))))}
        outcomes = ["open", "open", "closed"] if kind == "record" else ["ok", "ok", "ok", "failed"]
        found.append(
            Fact(
                kind=kind,
                subject=draw(st.sampled_from(ABOUT.get(kind, ASSETS))),
                occurred_at=at,
                recorded_at=at + timedelta(minutes=draw(st.sampled_from([0, 0, 1, 45, 2000]))),
                outcome=draw(st.sampled_from(outcomes)),
                body=body,
                actor=draw(st.sampled_from([None, *PEOPLE])),
                source="stream",
                id=f"f{n:02}",
                seq=n + 1,
            )
        )
    return found


@st.composite
def spans(draw: Any) -> list[Span]:
    found = []
    pairs = [("assets", a) for a in ASSETS] + [("people", p) for p in PEOPLE]
    pairs += [("role:boss", "p1"), ("role:deputy", "p2")]
    for population, subject in pairs:
        early = BEGIN - timedelta(minutes=draw(st.integers(0, 3000)))
        starts = draw(st.sampled_from([[early], [early], None]))
        starts = starts or draw(st.lists(instants, max_size=2, unique=True))
        for began in starts:
            ends = draw(
                st.lists(st.one_of(st.none(), st.integers(0, 3000)), min_size=1, max_size=2)
            )
            for n, length in enumerate(ends):
                ended = None if length is None else began + timedelta(minutes=length)
                known = began + timedelta(minutes=n * draw(st.integers(1, 3000)))
                found.append(Span(population, subject, began, ended, known))
    return found


@st.composite
def worlds(draw: Any, *names: str) -> World:
    """A world whose facts are of the kinds that the named controls read (empty: of all kinds)."""
    law = draw(laws())
    kinds = sorted({kind for name in names for kind in READ[name]} or BODIES)
    told = draw(facts(kinds))
    undone = (
        draw(st.lists(st.sampled_from(told), max_size=2, unique_by=lambda f: f.id)) if told else []
    )
    pardons = draw(
        st.lists(
            st.builds(
                lambda control, subject, began, length, late: Waiver(
                    control,
                    subject,
                    began,
                    began + timedelta(minutes=length),
                    began + timedelta(minutes=late),
                ),
                st.sampled_from(sorted(names or READ)),
                st.sampled_from([None, *ASSETS, *PEOPLE, ORG]),
                instants,
                st.integers(1, 3000),
                st.sampled_from([0, 600]),
            ),
            max_size=2,
        )
    )
    return World(
        law=law,
        facts=told,
        retracted={
            (f.source, f.id): f.recorded_at + timedelta(minutes=draw(st.integers(0, 3000)))
            for f in undone
        },
        spans=draw(spans()),
        waivers=pardons,
        about=dict(KINDS),
    )


READ: dict[str, tuple[str, ...]] = {
    "fresh": ("seen",),
    "topics": ("trained",),
    "ours": ("signal",),
    "slots": ("done",),
    "cover": ("posture", "patch"),
    "share": ("up",),
    "attested": ("attest.attested",),
    "answered": ("opened", "reply", "solved", "void", "wait", "resume", "seen"),
    "by_day": ("opened", "solved"),
    "tested": ("released", "test", "approve", "accept", "item", "void", "seen"),
    "rated": ("opened", "void"),
    "exists": ("record",),
    "absent": ("record", "seen"),
}
