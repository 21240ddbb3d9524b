"""Random companies: streams of what is recorded, under the SOPs of `stream_laws`.

Instants are whole minutes within five days, so that the minute-by-minute reference stays bearable.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tertib.compliance.kinds import reads
from tertib.compliance.records import Fact, Ref, Span, Waiver
from tertib.compliance.tests.reference import ORG, World
from tertib.compliance.tests.stream_laws import BEGIN, READ, ZONE, laws

MINUTES = 5 * 24 * 60
ASSETS, PEOPLE = ("a1", "a2"), ("p1", "p2")
LEADING = ("opened", "released", "record")  # what items and records begin with
NEAR = (0, 1, 20, 60, 89, 90, 91, 240, 299, 300, 900, 1439, 1500, 2000)  # minutes: about a promise

instants = st.integers(-300, MINUTES).map(lambda n: BEGIN + timedelta(minutes=n))


def iso(at: datetime) -> str:
    return at.astimezone(ZoneInfo(ZONE)).isoformat()


flags = st.sampled_from([True, True, True, False, 1, None])
BODIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "seen": st.just({}),
    "trained": st.fixed_dictionaries({"topics": st.sampled_from([["x"], ["y"], ["x", "y"], []])}),
    "signal": st.sampled_from([{"level": "daily"}, {"level": "weekly"}, {}]),
    "done": st.sampled_from(
        [{}, {}, {}, {}, {"for": "2026-03-03"}, {"for": "2026-03-04"}, {"for": "2026-03-06"}]
    ),
    "posture": st.one_of(
        st.fixed_dictionaries(
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
        st.fixed_dictionaries(
            {
                "on": st.just(True),
                "level": st.just({"good": True}),
                "count": st.sampled_from([0, 2]),
                "fields": st.just({"tag": "t", "owner": "o"}),
                "tags": st.just(["y", "x"]),
            }
        ),
    ),
    "patch": st.one_of(
        st.fixed_dictionaries(
            {},
            optional={
                "old": st.one_of(st.none(), instants.map(iso)),
                "host": st.sampled_from(["h1", "h2", None]),
                "other": st.sampled_from(["h1", None]),
                "version": st.sampled_from(["1", "2"]),
                "on": flags,
            },
        ),
        st.just({"old": None, "host": "h2", "other": "h1", "version": "1"}),
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
    """Some facts; kinds that are named several times are told of oftener. Half of them are about
    whom the one before was, and soon after or before it, and before a release often comes what has
    to: else nothing would correspond."""
    found: list[Fact] = []

    def tell(kind: str, subject: Ref, at: datetime, body: dict[str, Any]) -> None:
        if kind == "up" and draw(st.sampled_from([True, True, False])):
            body = {**body, "until": iso(at + timedelta(minutes=draw(HELD)))}
        outcomes = ["open", "open", "closed"] if kind == "record" else ["ok", "ok", "ok", "failed"]
        found.append(
            Fact(
                kind=kind,
                subject=subject,
                occurred_at=at,
                recorded_at=at + timedelta(minutes=draw(st.sampled_from([0, 0, 1, 45, 2000]))),
                outcome=draw(st.sampled_from(outcomes)),
                body=body,
                actor=draw(st.sampled_from([None, *PEOPLE, *PEOPLE])),
                source="stream",
                id=f"f{len(found):02}",
                seq=len(found) + 1,
            )
        )

    for _ in range(draw(st.sampled_from([0, 3, 6, 9, 12, 16]))):
        kind = draw(st.sampled_from(kinds))
        whom = ABOUT.get(kind, ASSETS)
        at, subject = draw(instants), draw(st.sampled_from(whom))
        if found and draw(st.booleans()):
            last = found[-1]
            at = last.occurred_at + timedelta(minutes=draw(st.sampled_from(NEAR)) * draw(WAYS))
            at = min(max(at, BEGIN - timedelta(hours=5)), BEGIN + timedelta(minutes=MINUTES))
            subject = last.subject if last.subject in whom else subject
        body = draw(BODIES[kind])
        if kind == "released" and draw(st.booleans()):
            for needed, said in (*NEEDED, ("test", {"artifact": body["artifact"]})):
                tell(needed, subject, at - timedelta(minutes=draw(st.sampled_from(NEAR))), said)
        tell(kind, subject, at, body)
    return found


NEEDED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("approve", {}),
    ("accept", {}),
    ("item", {"item": "one"}),
    ("item", {"item": "two"}),
)
HELD = st.sampled_from([1, 60, 300, 300])
WAYS = st.sampled_from([1, 1, -1])


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
def waivers(draw: Any, names: Sequence[str]) -> list[Waiver]:
    found = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        control = draw(st.sampled_from(names))
        whom = [ORG] if control == "exists" else ABOUT.get(READ[control][0], ASSETS)
        began = draw(st.one_of(instants, st.just(BEGIN)))
        found.append(
            Waiver(
                control,
                draw(st.sampled_from([None, None, *whom, *ASSETS, ORG])),
                began,
                began + timedelta(minutes=draw(st.sampled_from([1, 300, 3000, 9000]))),
                began + timedelta(minutes=draw(st.sampled_from([0, 0, 600]))),
            )
        )
    return found


@st.composite
def worlds(draw: Any, *names: str) -> World:
    """A world whose facts are of the kinds that the named controls read (empty: of all kinds)."""
    law = draw(laws())
    kinds = sorted({kind for name in names for kind in READ[name]} or BODIES)
    asked = {kind for one in law for name in names for kind in reads(one.sop.controls[name])}
    told = draw(facts([*kinds, *sorted(asked) * 2, *[k for k in LEADING if k in asked] * 2]))
    undone = (
        draw(st.lists(st.sampled_from(told), max_size=2, unique_by=lambda f: f.id)) if told else []
    )
    return World(
        law=law,
        facts=told,
        retracted={
            (f.source, f.id): f.recorded_at + timedelta(minutes=draw(st.integers(0, 3000)))
            for f in undone
        },
        spans=draw(spans()),
        waivers=draw(waivers(sorted(names or READ))),
        about=dict(KINDS),
    )


def moments(world: World) -> st.SearchStrategy[datetime]:
    """Instants since the first version, oftener where something may have changed: soon after what
    happened, and around the end of a day."""
    told = [f.occurred_at for f in world.facts] or [BEGIN]
    begun = [w.began_at for w in world.waivers] + [s.began_at for s in world.spans] or [BEGIN]
    near = st.builds(
        lambda at, minutes: max(at + timedelta(minutes=minutes), BEGIN),
        st.one_of(st.sampled_from(told), st.sampled_from(told), st.sampled_from(begun)),
        st.sampled_from(NEAR),
    )
    late = st.builds(
        lambda at, days, minutes: max(
            BEGIN + ((at - BEGIN) // DAY + days) * DAY - timedelta(minutes=minutes), BEGIN
        ),
        st.sampled_from(told),
        st.sampled_from([1, 2, 2, 3]),
        st.sampled_from([1, 25, 100, -200]),
    )
    return st.one_of(near, near, late, late, instants.filter(lambda at: at >= BEGIN))


DAY = timedelta(days=1)
