"""What each condition of a `require` says of a body, and for how long."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tertib.compliance.kinds.conditions import holds, same
from tertib.compliance.kinds.timed import period
from tertib.compliance.kinds.version import Law
from tertib.compliance.tests import stream_laws
from tertib.lib.durations import parse
from tertib.sop.format import Condition, InForce

SINCE = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 00:00 on Tuesday, 3 March in Jakarta
VERSION = Law([InForce(SINCE, stream_laws.company("1", []))]).versions[0]


def said(op: str, value: object, operand: object) -> bool:
    return holds(Condition(("v",), op, operand), {"v": value, "other": 5})


@pytest.mark.parametrize(
    ("op", "value", "operand"),
    [
        ("eq", 1, 1),
        ("eq", 1.0, 1),
        ("eq", 0.95, 0.95),
        ("eq", "a", "a"),
        ("eq", True, True),
        ("eq", [1, 2.0], (1, 2)),
        ("ne", True, 1),
        ("ne", "1", 1),
        ("gte", 0.95, 0.95),
        ("gte", 2**60 + 1, 2**60),
        ("lte", 0.1, 0.1),
        ("gt", 10**30, 1e29),
        ("lt", -0.5, 0),
        ("in", "b", ("a", "b")),
        ("in", 2.0, (1, 2)),
        ("contains", ["x", "y"], "x"),
        ("contains", ["x", "y", "z"], ("y", "x")),
        ("filled", 0, True),
        ("filled", False, True),
        ("filled", {"tag": "t", "owner": 0, "more": ""}, ("tag", "owner")),
        ("differs_from", 4, ("other",)),
    ],
)
def test_it_holds(op: str, value: Any, operand: object) -> None:
    assert said(op, value, operand)


@pytest.mark.parametrize(
    ("op", "value", "operand"),
    [
        ("eq", True, 1),
        ("eq", 0, False),
        ("eq", None, None),
        ("ne", None, 1),
        ("gte", True, 0),
        ("gte", "2", 1),
        ("gte", float("nan"), 0),
        ("lt", None, 1),
        ("gt", 0.3, 0.30000000000000004),
        ("in", True, (1, 2)),
        ("in", "c", ("a", "b")),
        ("contains", "xy", "x"),
        ("contains", ["x"], ("x", "y")),
        ("contains", [True], 1),
        ("filled", "", True),
        ("filled", [], True),
        ("filled", {}, True),
        ("filled", {"tag": "t", "owner": None}, ("tag", "owner")),
        ("filled", "tag owner", ("tag", "owner")),
        ("differs_from", 5.0, ("other",)),
        ("differs_from", 4, ("nothing",)),
        ("differs_from", None, ("other",)),
    ],
)
def test_it_does_not_hold(op: str, value: Any, operand: object) -> None:
    assert not said(op, value, operand)


def test_what_is_missing_holds_no_condition() -> None:
    for op in ("eq", "ne", "gte", "in", "contains", "filled", "differs_from"):
        assert not holds(Condition(("v", "w"), op, ("x",)), {"v": {}})


def test_mappings_are_equal_when_all_in_them_is() -> None:
    assert same({"a": [1, {"b": None}]}, {"a": [1.0, {"b": None}]})
    assert not same({"a": 1}, {"a": True})


def when(op: str, value: object, lasts: str) -> tuple[str | None, str | None] | None:
    found = period([Condition(("v",), op, parse(lasts))], {"v": value}, VERSION)
    if found is None:
        return None
    return shown(found[0]), shown(found[1])


def shown(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(VERSION.zone).strftime("%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("op", "value", "lasts", "period"),
    [
        ("newer_than", "2026-03-10T09:00:00+07:00", "7 days", ("03-09 09:00:00", "03-18 00:00:00")),
        ("newer_than", "2026-03-10T09:00:00Z", "2 hours", ("03-09 16:00:00", "03-10 18:00:00")),
        ("newer_than", None, "7 days", None),
        ("newer_than", "soon", "7 days", None),
        ("newer_than", "2026-03-10T09:00:00", "7 days", None),  # of no zone: no instant
        ("newer_than", "9999-12-31T23:59:59Z", "7 days", None),
        ("newer_than", 5, "7 days", None),
        ("none_or_newer_than", None, "7 days", (None, None)),
        ("none_or_newer_than", "soon", "7 days", None),
        (
            *("none_or_newer_than", "2026-03-10T09:00:00+07:00", "1 days"),
            ("03-09 09:00:00", "03-12 00:00:00"),
        ),
        (
            *("within_next", "2026-03-31T09:00:00+07:00", "2 days"),
            ("03-29 00:00:00", "04-01 00:00:00"),
        ),
        (
            *("within_next", "2026-03-31T09:00:00+07:00", "1 months"),
            ("03-01 00:00:00", "04-01 00:00:00"),
        ),
        (
            *("within_next", "2026-03-30T09:00:00+07:00", "1 months"),
            ("03-01 00:00:00", "03-31 00:00:00"),
        ),
        (
            *("within_next", "2026-03-10T09:00:00+07:00", "1 workdays"),
            ("03-09 00:00:00", "03-11 00:00:00"),
        ),
        (
            *("within_next", "2026-03-10T09:00:00+07:00", "2 hours"),
            ("03-10 07:00:00", "03-11 00:00:00"),
        ),
        ("in_force", "1", "1 days", (None, None)),
        ("in_force", "0", "1 days", None),
        ("in_force", 1, "1 days", None),
    ],
)
def test_it_holds_for_a_time(
    op: str, value: object, lasts: str, period: tuple[str | None, str | None] | None
) -> None:
    assert when(op, value, lasts) == period


def test_all_of_a_name_hold_together_or_never() -> None:
    newer = Condition(("v",), "newer_than", parse("1 days"))
    ahead = Condition(("v",), "within_next", parse("1 days"))
    body = {"v": "2026-03-10T09:00:00+07:00"}
    together = period([newer, ahead], body, VERSION)
    assert together is not None
    assert [at and at.isoformat() for at in together] == [
        "2026-03-09T02:00:00+00:00",
        "2026-03-10T17:00:00+00:00",
    ]
    assert period([newer, Condition(("v",), "eq", "x")], body, VERSION) is None
