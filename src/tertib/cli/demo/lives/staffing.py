"""Who comes and goes, who is away, who stands in, who looks at the books."""

from collections.abc import Iterator
from functools import partial

from tertib.cli.demo import company
from tertib.cli.demo.lives.cast import Act, Cast
from tertib.cli.demo.told import DAY
from tertib.evidence import intake
from tertib.people.actions import (
    be_away,
    delegate,
    give_role,
    issue_token,
    leave,
    revoke_token,
    roster,
)
from tertib.people.models import User

KEYS = (  # name, scope, days it is valid
    ("Dasbor lobi", "compliance.read", 400),
    ("Konsol backup", "facts.write", 400),
    ("Uji coba integrasi", "facts.write people.read", 90),
)
GONE = (76, 12)  # days before the end
LISTS = ((28, company.JOINED[:2]), (6, company.JOINED[2:]))


def staffing(cast: Cast) -> Iterator[Act]:
    begin = cast.first + DAY
    yield Act(begin, partial(give_role, cast.it[1], "admin", by=None, now=begin))
    for before, rows in LISTS:
        yield Act(cast.workday(before, 8, 40), partial(_join, cast, rows))
    leaving = cast.people[-9:]  # the last one shows the phone of somebody who works here
    for before, person in zip(GONE, leaving, strict=False):
        at = cast.workday(before, 16, 30)
        yield Act(at, partial(_leave, cast, person))
        yield Act(at + DAY / 12, partial(_closed, cast, person))
    andi, citra = cast.it[3], cast.it[5]
    yield Act(cast.workday(45, 8), partial(_away, cast, citra, 0, 4, cast.it[4]))
    yield Act(cast.workday(1, 15), partial(_away, cast, andi, 0, 6, cast.it[1]))
    yield Act(cast.workday(1, 16), partial(_away, cast, cast.management[1], 6, 12, None))
    yield Act(cast.workday(3, 11), partial(_lend_role, cast))
    for number, (name, scope, days) in enumerate(KEYS):
        yield Act(cast.workday(60 + 4 * number, 10), partial(_key, cast, name, scope, days))
    yield Act(cast.workday(50, 10), lambda: revoke_token(KEYS[2][0], by=cast.it[1], now=cast.now))


def _join(cast: Cast, rows: tuple[tuple[str, str, int], ...]) -> None:
    """Take in a people list: they begin on that day, each under the head of their department."""
    lines = ["nama,email,peran,tim,lokasi,atasan,mulai"]
    for name, department, place in rows:
        above = cast.people[company.DEPARTMENTS.index(department)].email
        day = f"{cast.now:%Y-%m-%d}"
        site = cast.sites[place].name
        lines.append(f"{name},{company.email(name)},pengguna,{department},{site},{above},{day}")
    found = roster.compare("\n".join(lines), now=cast.now, by=cast.it[1])
    if isinstance(found, list):
        raise AssertionError(found)
    roster.take(found, by=cast.it[1], now=cast.now)


def _leave(cast: Cast, person: User) -> None:
    leave(person, left_at=cast.now, by=cast.it[1], now=cast.now)


def _closed(cast: Cast, person: User) -> None:
    row = {
        "fact": "person.access_closed",
        "subject": {"kind": "person", "key": str(person.uuid)},
        "at": cast.now.isoformat(),
        "id": f"closed:{person.uuid}",
        "actor": str(cast.it[3].uuid),
        "body": {"accounts": 3},
    }
    report = intake.take([row], source="Akses lama")
    if report.refused:
        raise AssertionError(report.refused)


def _away(cast: Cast, person: User, begins: int, ends: int, deputy: User | None) -> None:
    """From the morning of one day to the evening of another, counted from now."""
    begin = max(cast.evening(begins) - 9 * DAY / 24, cast.now)
    be_away(
        person, began_at=begin, ended_at=cast.evening(ends), deputy=deputy, by=person, now=cast.now
    )


def _lend_role(cast: Cast) -> None:
    made, gilang = cast.it[6], cast.it[8]
    delegate("data", giver=made, holder=gilang, ended_at=cast.evening(14), now=cast.now)


def _key(cast: Cast, name: str, scope: str, days: int) -> None:
    issue_token(
        name=name, scope=scope, expires_at=cast.now + days * DAY, by=cast.it[1], now=cast.now
    )
