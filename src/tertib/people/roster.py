"""A people list as CSV: read strictly, then compared with who is known. Values in, values out.

Every fault is told at once, each with its row; a list with a fault changes nothing.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.people.rules import midnight, word_of

BYTES, ROWS, COLUMNS, CELL = 2 * 2**20, 20_000, 40, 200
COLUMN = {
    "nama": "name", "nama lengkap": "name", "name": "name", "full name": "name",
    "email": "email", "e-mail": "email", "surel": "email",
    "peran": "roles", "role": "roles", "roles": "roles",
    "tim": "team", "team": "team",
    "lokasi": "site", "site": "site", "location": "site",
    "status": "status",
    "atasan": "manager", "atasan langsung": "manager", "line manager": "manager",
    "manager": "manager", "nomor": "number", "nik": "number", "number": "number",
    "mulai": "begin", "start": "begin", "joined": "begin",
    "keluar": "end", "end": "end", "left": "end",
}  # fmt: skip
ACTIVE = {"", "aktif", "active"}
LEFT = {"keluar", "left", "nonaktif", "inactive", "tidak aktif"}
TOO_LONG = N_("A cell is longer than 200 characters.")
NOBODY = {"-", "tidak ada", "none", "nobody"}  # in the column of the line manager
EMPLOYEE = "pengguna"  # the role of somebody of whom the list says none
GONE, BACK = {"status": ("active", "left")}, {"status": ("left", "active")}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins like this
EMAIL = re.compile(r"[a-z0-9.!#$%&'*/=?^_`{|}~+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Fault:
    row: int  # as a spreadsheet counts; 0: the whole file
    why: str  # a msgid
    said: str = ""  # what stands there, or what was meant


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    email: str
    roles: frozenset[str] | None  # None: as they are; for a new person "pengguna"
    team: str | None  # None: as it is
    site: str | None
    left: bool
    begin: date | None
    end: date | None
    manager: str | None = None  # an address; "": nobody; None: as it is


@dataclass(frozen=True)
class Known:
    """Somebody as the installation knows them."""

    name: str
    email: str
    roles: frozenset[str]  # of the SOP; admin and auditor are no business of a list
    team: str
    site: str
    active: bool
    manager: str = ""  # their address


@dataclass(frozen=True)
class Change:
    kind: str  # join, back, change, leave; later: a begin or an end that is still ahead
    row: Row | None  # None: missing from a complete list
    known: Known | None  # None: nobody with this address so far
    words: dict[str, tuple[str, str]]  # what: (so far, from now on)
    at: datetime
    new: bool = True  # False: the first list tells of somebody, and not since when they are here

    @property
    def name(self) -> str:
        return self.row.name if self.row else self.known.name if self.known else ""

    @property
    def email(self) -> str:
        return self.row.email if self.row else self.known.email if self.known else ""


@dataclass
class Plan:
    changes: list[Change] = field(default_factory=list)
    later: list[Change] = field(default_factory=list)
    same: int = 0
    missing: list[Known] = field(default_factory=list)  # known, not in the list, left as they are

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def decode(data: bytes) -> str | Fault:
    """Return the text of a file in UTF-8, with or without a byte order mark."""
    if len(data) > BYTES:
        return Fault(0, N_("The file is larger than 2 MB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return Fault(row, N_("This is not UTF-8. Save the file as “CSV UTF-8”."))
    return Fault(0, N_("The file holds a NUL: it is no text.")) if "\0" in text else text


def parse(text: str, *, roles: Iterable[str], sites: Iterable[str]) -> list[Row] | list[Fault]:
    """Return the rows, or every fault of the list."""
    lines = _lines(text)
    if isinstance(lines, Fault):
        return [lines]
    if not lines:  # nothing at all, or nothing but blanks and commas
        return [Fault(0, N_("The file is empty."))]
    (_first, head), *body = lines
    columns, faults = _columns(head)
    if faults:
        return faults
    if not body:
        return [Fault(0, N_("The list holds nobody."))]
    known_roles, known_sites = set(roles), {site.casefold(): site for site in sites}
    rows: list[Row] = []
    numbers, twice = _numbers(body, columns)
    faults += twice
    for number, cells in body:
        found = _row(number, cells, columns, known_roles, known_sites, numbers)
        if isinstance(found, Row):
            rows.append(found)
        else:
            faults += found
    faults += _twice(rows)
    return sorted(faults, key=lambda fault: fault.row) or rows


def plan(
    rows: Iterable[Row],
    known: Mapping[str, Known],
    *,
    zone: str,
    first_site: str,
    now: datetime,
    complete: bool,
    spared: frozenset[str] = frozenset(),
) -> Plan:
    """Compare. known: by e-mail. spared: who never leaves by being missing from the list."""
    result, seen = Plan(), set()
    first = not any(person.roles for person in known.values())  # so far whoever set this up
    for row in rows:
        seen.add(row.email)
        new = row.begin is not None or not first
        _compare(
            result, row, known.get(row.email), zone=zone, first_site=first_site, now=now, new=new
        )
    for email, person in known.items():
        if email in seen or not person.active:
            continue
        if complete and email not in spared:
            result.changes.append(Change("leave", None, person, GONE, now))
        else:
            result.missing.append(person)
    return result


def _compare(
    result: Plan,
    row: Row,
    known: Known | None,
    *,
    zone: str,
    first_site: str,
    now: datetime,
    new: bool,
) -> None:
    begin = midnight(row.begin, zone) if row.begin else None
    end = midnight(row.end + timedelta(days=1), zone) if row.end else None  # the last day counts
    gone = row.left or (end is not None and end <= now)
    here = known is not None and known.active
    if gone and here:
        result.changes.append(Change("leave", row, known, GONE, min(end or now, now)))
    elif gone:
        result.same += 1
    elif not here and begin and begin > now:
        result.later.append(Change("later", row, known, {"begin": ("", str(row.begin))}, begin))
    elif known is None:
        words = {
            "roles": ("", _joined(row.roles or {EMPLOYEE})),
            "site": ("", row.site or first_site),
            "team": ("", row.team or ""),
            "manager": ("", row.manager or ""),
        }
        result.changes.append(Change("join", row, None, _differing(words), begin or now, new))
    elif not here:
        words = BACK | _differing({"manager": ("", row.manager or "")})
        result.changes.append(Change("back", row, known, words, begin or now))
    else:
        words = {
            "name": (known.name, row.name),
            "roles": (_joined(known.roles), _joined(row.roles or known.roles)),
            "team": (known.team, known.team if row.team is None else row.team),
            "site": (known.site, row.site or known.site),
            "manager": (known.manager, known.manager if row.manager is None else row.manager),
        }
        if changed := _differing(words):
            result.changes.append(Change("change", row, known, changed, now))
        if end:
            result.later.append(Change("later", row, known, {"end": ("", str(row.end))}, end))
        result.same += not changed and not end


def _lines(text: str) -> list[tuple[int, list[str]]] | Fault:
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = read = 0  # the last row, and how many lines of the file it and those before take
    try:
        for number, cells in enumerate(reader, start=1):
            read = reader.line_num
            if len(cells) > COLUMNS:
                return Fault(number, N_("More than 40 columns."))
            if number > ROWS + 1:
                return Fault(number, N_("More than 20,000 rows."))
            if any(cell.strip() for cell in cells):
                lines.append((number, cells))
    except csv.Error:
        if reader.line_num - read < 2:  # it all stands in one line
            cell = max(text.split("\n")[read].split(delimiter), key=len)
            if len(cell) > csv.field_size_limit():
                return Fault(number + 1, TOO_LONG, cell[:40] + "…")
        return Fault(number + 1, N_("The quotes do not fit together from here on."))
    return lines


def _columns(head: list[str]) -> tuple[dict[str, int], list[Fault]]:
    columns: dict[str, int] = {}
    faults = []
    for place, title in enumerate(head):
        name = COLUMN.get(" ".join(title.casefold().split()))
        if name is None:
            if title.strip():
                faults.append(Fault(1, N_("There is no such column."), title.strip()[:60]))
        elif name in columns:
            faults.append(Fault(1, N_("This column is there twice."), title.strip()))
        else:
            columns[name] = place
    faults += [
        Fault(1, N_("This column is missing."), word)
        for name, word in (("name", "nama"), ("email", "email"))
        if name not in columns
    ]
    return columns, faults


def _row(
    number: int,
    cells: list[str],
    columns: Mapping[str, int],
    roles: set[str],
    sites: Mapping[str, str],
    numbers: Mapping[str, str],
) -> Row | list[Fault]:
    faults = []
    if len(cells) > max(columns.values()) + 1 and any(cells[max(columns.values()) + 1 :]):
        faults.append(Fault(number, N_("More cells than columns.")))
    said = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
    for name, cell in said.items():
        if len(cell) > CELL:
            faults.append(Fault(number, TOO_LONG, cell[:40] + "…"))
        elif name == "manager" and cell.strip() in NOBODY:
            continue
        elif cell.startswith(FORMULA) or cell.lstrip().startswith("="):
            faults.append(Fault(number, N_("A cell begins like a formula."), cell[:40]))
        elif not cell.isprintable():
            faults.append(Fault(number, N_("A cell holds something that cannot be printed.")))
    if faults:
        return faults
    clean = {name: " ".join(cell.split()) for name, cell in said.items()}
    email = clean["email"].lower()
    if not clean["name"]:
        faults.append(Fault(number, N_("The name is missing.")))
    if not EMAIL.fullmatch(email) or len(email) > 254:
        faults.append(Fault(number, N_("This is no e-mail address."), clean["email"]))
    wanted = _roles(clean.get("roles", ""))
    faults += [
        Fault(number, N_("There is no such role in the SOP."), role)
        for role in sorted(wanted - roles)
    ]
    site = clean.get("site", "")
    if site and site.casefold() not in sites:
        faults.append(Fault(number, N_("There is no such site."), site))
    status = clean.get("status", "").casefold()
    if status not in ACTIVE | LEFT:
        faults.append(Fault(number, N_("The status is neither aktif nor keluar."), status))
    manager = _manager(clean.get("manager", ""), numbers)
    if manager is not None and manager and not EMAIL.fullmatch(manager):
        faults.append(Fault(number, N_("No row has this number, and it is no address."), manager))
    elif manager == email:
        faults.append(Fault(number, N_("Nobody is their own line manager."), email))
    dates = {}
    for name in ("begin", "end"):
        try:
            dates[name] = _date(clean.get(name, ""))
        except ValueError:
            faults.append(Fault(number, N_("This is no date like 2026-01-31."), clean[name]))
    if not faults and dates["begin"] and dates["end"] and dates["end"] < dates["begin"]:
        faults.append(Fault(number, N_("The end lies before the begin."), clean["end"]))
    if faults:
        return faults
    return Row(
        number=number,
        name=clean["name"],
        email=email,
        roles=frozenset(wanted) or None,
        team=word_of(clean["team"]) if clean.get("team") else None,
        site=sites[site.casefold()] if site else None,
        left=status in LEFT,
        begin=dates["begin"],
        end=dates["end"],
        manager=manager,
    )


def _numbers(
    body: Iterable[tuple[int, list[str]]], columns: Mapping[str, int]
) -> tuple[dict[str, str], list[Fault]]:
    """Return the address by the number that the list gives somebody. No number is stored."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    if "number" not in columns:
        return found, faults
    for row, cells in body:
        told = [
            cells[at] if at < len(cells) else "" for at in (columns["number"], columns["email"])
        ]
        number, email = (" ".join(cell.split()).lower() for cell in told)
        if number in found:
            faults.append(Fault(row, N_("This number stands in another row, too."), number))
        elif number:
            found[number] = email
    return found, faults


def _manager(cell: str, numbers: Mapping[str, str]) -> str | None:
    """Return the address; "": nobody; None: the list does not say. A number no row has stays."""
    said = cell.lower()
    return "" if said in NOBODY else numbers.get(said, said) if said else None


def _roles(cell: str) -> set[str]:
    """Read "Kepala TI, pengguna" as {"kepala_ti", "pengguna"}."""
    parts = (part.split() for part in re.split(r"[,;|/]", cell.casefold()))
    return {"_".join(words) for words in parts if words}


def _twice(rows: Iterable[Row]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        if row.email in first:
            where = f"{row.email} ({first[row.email]})"
            faults.append(Fault(row.number, N_("This address stands in another row, too."), where))
        first.setdefault(row.email, row.number)
    return faults


def _date(cell: str) -> date | None:
    """Read 2026-01-31, 31/01/2026, 31-01-2026 or 31.01.2026."""
    if not cell:
        return None
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", cell, re.ASCII):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(cell)


def _joined(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _differing(words: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {what: pair for what, pair in words.items() if pair[0] != pair[1]}
