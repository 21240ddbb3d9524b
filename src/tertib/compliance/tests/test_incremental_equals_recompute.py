"""Random streams, judged in whatever pieces they arrive, as if all had been known at once."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertib.compliance import actions, board, writing
from tertib.compliance.explain import every
from tertib.compliance.recompute import recompute
from tertib.compliance.tests.stored import Company, instant, law
from tertib.evidence import vocabulary
from tertib.evidence.models import Inbox
from tertib.lib.errors import Refused
from tertib.sop import versions

pytestmark = pytest.mark.django_db

BEGIN = instant("2026-10-01T00:00:00+07:00")
KINDS = [
    "inventory.observed",
    "posture.reported",
    "net.probe.up",
    "ticket.opened",
    "ticket.waiting",
    "ticket.resumed",
    "ticket.human_response",
    "ticket.resolved",
    "ticket.withdrawn",
    "device.unregistered_on_network",
    "helpdesk.channel_published",
    "network.scan_done",
    "helpdesk.canary_arrived",
    "backup.run_ok",
    "training.passed",
    "patch.critical_missing",
    "patch.installed",
    "change.released",
    "test.passed",
    "ticket.settled",
    "attest.obj.benefit_review",
]
POPULATIONS = {
    "asset": ["hardware", "computers"],
    "link": ["net_links", "internet_links"],
    "site": ["sites"],
    "dataset": ["datasets"],
    "person": ["users"],
    "change": ["new_features"],
}
CONTROLS = ["inv.hw.fresh", "sec.firewall", "desk.first_response", "inv.unknown", "net.up"]


@st.composite
def moments(draw: Any) -> datetime:
    return BEGIN + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))


@st.composite
def lines(draw: Any) -> dict[str, Any]:
    at = draw(moments())
    late = draw(st.sampled_from([0, 0, 0, 1, 600, 20_000]))
    line: dict[str, Any] = {"recorded_at": (at + timedelta(minutes=late)).isoformat()}
    sort = draw(st.sampled_from(["fact"] * 8 + ["member", "member", "role", "waiver", "retract"]))
    if sort == "fact":
        kind = draw(st.sampled_from(KINDS))
        return line | fact(draw, kind, at)
    until = at + timedelta(minutes=draw(st.integers(1, 40_000)))
    spell = {"from": at.isoformat(), "until": draw(st.sampled_from([None, until.isoformat()]))}
    if sort == "role":
        return line | spell | {"role": "manajemen", "subject": someone("person", draw)}
    if sort == "waiver":
        control = draw(st.sampled_from(CONTROLS))
        kind = {"desk.first_response": "ticket", "inv.unknown": "device", "net.up": "link"}
        about = someone(kind.get(control, "asset"), draw)
        whom = draw(st.sampled_from([about, None]))
        spell["until"] = until.isoformat()
        return line | spell | {"waiver": control} | ({"subject": whom} if whom else {})
    if sort == "retract":
        return line | {"retract": draw(st.integers(0, 100))}
    kind = draw(st.sampled_from(sorted(POPULATIONS)))
    population = draw(st.sampled_from(POPULATIONS[kind]))
    return line | spell | {"member": population, "subject": someone(kind, draw)}


def fact(draw: Any, name: str, at: datetime) -> dict[str, Any]:
    kind = vocabulary.kind(name)
    about = sorted(kind.about)[0]
    outcome = draw(st.sampled_from(["ok", "ok", "failed"]))
    if kind.record:
        outcome = draw(st.sampled_from(["open", "open", "closed"]))
    truth = st.booleans()
    bodies: dict[str, Any] = {
        "inventory.observed": {"os_supported": draw(truth)},
        "posture.reported": {"firewall_on": draw(truth)},
        "net.probe.up": {"value": draw(st.integers(0, 1))},
        "backup.run_ok": {"level": draw(st.sampled_from(["daily", "weekly"]))},
        "training.passed": {
            "topics": draw(st.sampled_from([["keamanan_ti"], ["penggunaan_sistem", "keamanan_ti"]]))
        },
        "patch.critical_missing": {"patch": draw(st.sampled_from(["KB1", "KB2"]))},
        "patch.installed": {"patch": draw(st.sampled_from(["KB1", "KB2"]))},
        "change.released": {"artifact": "a1", "author": "p1", "accepters": ["p2"]},
        "test.passed": {"artifact": draw(st.sampled_from(["a1", "a2"]))},
        "ticket.settled": {"stayed_closed": draw(truth)},
    }
    if draw(st.booleans()) and name == "net.probe.up":
        bodies[name]["until"] = (at + timedelta(minutes=7)).isoformat()
    return {
        "fact": name,
        "subject": someone(about, draw),
        "at": at.isoformat(),
        "outcome": outcome,
        "actor": draw(st.sampled_from([None, "p1", "p2"])),
        "body": bodies.get(name, {}),
    }


def someone(kind: str, draw: Any) -> dict[str, str]:
    key = "org" if kind == "org" else draw(st.sampled_from(["p1", "p2"]))
    return {"kind": kind, "key": key}


def follow(company: Company, told: list[dict[str, Any]], pieces: list[int]) -> None:
    """Tell the lines in the order of recorded_at, judging after as many as `pieces` says."""
    known: list[tuple[str, str]] = []
    left = 1
    for number, line in enumerate(sorted(told, key=lambda line: line["recorded_at"])):
        company.clock.now = max(company.clock.now, instant(line["recorded_at"]))
        until = line.get("body", {}).get("until")
        if until:
            company.clock.now = max(company.clock.now, instant(until))
        if "retract" in line:
            if known:
                source, id_ = known[line["retract"] % len(known)]
                company.tell({"retract": id_, "source": source})
        elif "fact" in line:
            source = "s1" if number % 2 else "s2"
            known.append((source, str(number)))
            company.tell(line | {"source": source, "id": str(number)})
            if number % 7 == 0:  # told twice
                company.tell(line | {"source": source, "id": str(number)})
        else:
            company.tell(line)
        left -= 1
        if not left:
            company.judge()
            left = pieces[number % len(pieces)]


@given(
    told=st.lists(lines(), min_size=1, max_size=30),
    pieces=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    merged=st.booleans(),
)
@settings(
    max_examples=14,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_stored_equals_the_ledger(
    told: list[dict[str, Any]], pieces: list[int], merged: bool, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(writing, "PAUSE", 0)
    monkeypatch.setattr(versions, "provisional", lambda _now: None)
    with transaction.atomic():
        company = Company(monkeypatch, clock, law())
        org = {"kind": "org", "key": "org"}
        company.tell({"member": "organisation", "subject": org, "from": BEGIN.isoformat()})
        follow(company, told, pieces)
        if merged:
            absorbed, survivor = ({"kind": "asset", "key": key} for key in ("p1", "p2"))
            with suppress(Refused):
                company.tell({"merge": absorbed, "into": survivor})
        for days in (0, 1, 40):
            clock.move(days=days)
            actions.tick(clock.now)
            actions.judge()  # what the tick has recorded of the engine itself
            assert not Inbox.objects.exists()
            report = recompute()
            assert report.equal, report.differences
        t = clock.now - timedelta(days=35)
        fast, slow = board.at(t, now=clock.now), board.at(t, clock.now, now=clock.now)
        assert _told(fast) == _told(slow)
        assert every(as_of=t, now=clock.now) == every(as_of=t, known_at=clock.now, now=clock.now)
        transaction.set_rollback(True)


def _told(found: board.Board) -> dict[str, Any]:
    return {
        name: (one.state, one.numerator, one.denominator, one.alive)
        for name, one in found.controls.items()
        if one.control.kind != "existence"
    }
