"""Random SOPs: one or two controls of every kind with short promises, in one version or two."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tertib.lib.limits import Calendar, Duration
from tertib.sop import format as sop

ZONE = "Asia/Jakarta"
BEGIN = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 00:00 on Tuesday, 3 March in Jakarta
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
            warn=maybe("3 hours", "12 hours", "12 hours"),
        ),
        sop.Coverage(
            **common("cover", **of_assets),
            evidence=("posture", "patch"),
            max_age=pick("1 days", "30 hours"),
            require=tuple(
                draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2, unique=True))
            ),
        ),
        sop.Threshold(
            **common("share", population="assets", settle=settle),
            metric="up",
            hold=d("5 minutes"),
            require=(when("value", "gte", 1),),
            share=Fraction(draw(st.sampled_from([50, 75, 100]))),
            window=pick("1 hours", "2 hours"),
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

# Which states one subject or item of each control can be in: what the streams must reach.
SUBJECT = frozenset({"compliant", "lapsed", "no_data", "waived"})
ITEM = frozenset({"compliant", "lapsed", "waived"})
REACHABLE: dict[str, frozenset[str]] = {
    "fresh": SUBJECT | {"due_soon", "pending"},
    "topics": SUBJECT | {"pending"},  # without a warning nothing is due soon
    "ours": SUBJECT | {"pending"},
    "slots": SUBJECT | {"due_soon", "pending"},
    "cover": SUBJECT | {"pending"},  # a coverage has no warning
    "share": SUBJECT | {"pending"},  # nor has a threshold
    "attested": SUBJECT | {"due_soon"},  # the company has no time to settle in here
    "answered": ITEM | {"pending"},
    "by_day": ITEM | {"pending"},
    "tested": ITEM,  # good or bad once it has happened
    "rated": ITEM,
    "exists": SUBJECT,
    "absent": ITEM,
}
