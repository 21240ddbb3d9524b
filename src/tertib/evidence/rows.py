"""What another system may bring, one JSON object each: read, bounded and checked by itself.

    {"fact": kind, "subject": {"kind", "key"}, "at", "outcome", "body", "actor", "id"}
    {"member": population, "subject": {"kind", "key"}, "from", "until"}
    {"retract": id}

Whatever does not fit raises Refused with the place and the reason. The database is not asked here.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from tertib.evidence import vocabulary
from tertib.evidence.ledger import AHEAD, EVER
from tertib.evidence.verify_ledger import digest
from tertib.evidence.vocabulary import ATTEST, Kind
from tertib.lib.errors import Refused

LONGEST_ROW = 64 * 1024  # bytes
LONGEST_TEXT = 500  # characters
LONGEST_NAME = 100
LONGEST_KEY = 200
MOST_VALUES = 500  # in one row
DEEPEST = 8
LATEST = datetime(2200, 1, 1, tzinfo=EVER.tzinfo)
THEIRS_ALONE = frozenset({"compliance", "evidence", "work"})  # Tertib about itself (decision 31)
NOT_OURS = {"source", "recorded_at"}
FORMS = {
    "fact": {"fact", "subject", "at", "outcome", "body", "actor", "id"},
    "member": {"member", "subject", "from", "until"},
    "retract": {"retract"},
}


@dataclass(frozen=True)
class Broken:
    """A value that is no JSON, or one that no database keeps."""

    why: str


@dataclass(frozen=True, slots=True)
class Key:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FactForm:
    kind: Kind
    subject: Key
    occurred_at: datetime
    outcome: str
    body: dict[str, Any]
    actor: str | None
    id: str


@dataclass(frozen=True, slots=True)
class MemberForm:
    population: str
    subject: Key
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RetractForm:
    id: str


type Form = FactForm | MemberForm | RetractForm


def parse(text: bytes) -> Any:
    """Read JSON without surprises: what no row may hold stands as `Broken` where it was."""
    try:
        return json.loads(
            text.decode(),
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=lambda name: Broken(_("%(name)s is no number") % {"name": name}),
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        return Broken(_("This is no UTF-8"))
    except RecursionError:
        return Broken(_("This is nested too deeply"))
    except json.JSONDecodeError as fault:
        where = {"line": fault.lineno, "column": fault.colno}
        return Broken(_("This is no JSON (line %(line)s, column %(column)s)") % where)


def parse_line(text: bytes) -> Any:
    """Read one line of many; a long one is not even looked at."""
    return parse(text) if len(text) <= LONGEST_ROW else Broken(_("This row is too long."))


def _integer(text: str) -> object:
    return int(text) if len(text) <= 18 else Broken(_("a number is too large"))


def _fraction(text: str) -> object:
    value = float(text) if len(text) <= 40 else float("inf")
    return value if abs(value) < 1e15 else Broken(_("a number is too large"))


def _object(pairs: list[tuple[str, Any]]) -> object:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Broken(_("a name stands there twice"))


def read(row: object, *, now: datetime) -> Form:
    """Return the row as one of the three forms. Raise Refused if it is none."""
    if isinstance(row, Broken):
        raise Refused(row.why)
    if not isinstance(row, dict):
        raise Refused(_("A row is an object."))
    _bound(row)
    kind = next((name for name in FORMS if name in row), None)
    if kind is None or "role" in row or "waiver" in row:
        forms = _("A row is a fact, a member or a retract; waivers and roles are given in Tertib.")
        raise Refused(forms)
    if ours := sorted(NOT_OURS & row.keys()):
        raise Refused(_("“%(name)s” is the ledger's own to say.") % {"name": ours[0]})
    if unknown := sorted(row.keys() - FORMS[kind]):
        raise Refused(_("A %(form)s has no “%(name)s”.") % {"form": kind, "name": unknown[0][:40]})
    if kind == "fact":
        return _fact(row, now)
    return _member(row) if kind == "member" else RetractForm(_text(row, "retract", LONGEST_NAME))


def _bound(row: dict[str, Any]) -> None:
    """Refuse what is too deep, too long or too much before anything looks closer."""
    waiting: list[tuple[object, int]] = [(row, 1)]
    for seen, (value, depth) in enumerate(waiting):
        if depth > DEEPEST:
            raise Refused(_("This is nested too deeply"))
        if seen > MOST_VALUES:
            raise Refused(_("A row holds too many values."))
        match value:
            case Broken():
                raise Refused(value.why)
            case dict():
                for name in value:
                    _sound(name, LONGEST_NAME)
                waiting.extend((inner, depth + 1) for inner in value.values())
            case list():
                waiting.extend((inner, depth + 1) for inner in value[: MOST_VALUES + 1])
            case str():
                _sound(value, LONGEST_TEXT)


def _sound(text: str, longest: int) -> None:
    if len(text) > longest:
        raise Refused(_("A text is too long: “%(text)s…”") % {"text": text[:40]})
    if re.search(r"[\x00-\x1f\ud800-\udfff]", text):
        raise Refused(_("A text holds signs that cannot be kept."))


def _fact(row: dict[str, Any], now: datetime) -> FactForm:
    name = _text(row, "fact", LONGEST_NAME)
    if name.startswith(ATTEST):
        raise Refused(_("Only a person who signs in attests."))
    if name not in vocabulary.names():
        raise Refused(_("There is no kind of fact “%(name)s”.") % {"name": name})
    kind = vocabulary.kind(name)
    if kind.by in THEIRS_ALONE:
        raise Refused(_("“%(name)s” is recorded by Tertib alone.") % {"name": name})
    subject = _key(row)
    if subject.kind not in kind.about:
        about = {"name": name, "about": ", ".join(sorted(kind.about)), "kind": subject.kind}
        raise Refused(_("“%(name)s” is about %(about)s, not about %(kind)s.") % about)
    occurred_at = _instant(row, "at")
    if occurred_at > now + AHEAD:
        raise Refused(_("“at” lies more than five minutes ahead."))
    body = row.get("body") if row.get("body") is not None else {}
    if not isinstance(body, dict):
        raise Refused(_("“body” is an object."))
    _check_body(kind, body, occurred_at)
    outcomes = ("open", "closed") if kind.record else ("ok", "failed")
    outcome = row.get("outcome", "open" if kind.record else "ok")
    if outcome not in outcomes or ("outcome" not in row and kind.record):
        words = {"name": name, "one": outcomes[0], "other": outcomes[1]}
        raise Refused(_("The outcome of “%(name)s” is %(one)s or %(other)s.") % words)
    return FactForm(
        kind=kind,
        subject=subject,
        occurred_at=occurred_at,
        outcome=outcome,
        body=body,
        actor=_text(row, "actor", LONGEST_KEY) if row.get("actor") is not None else None,
        # Told again without an id, the same row is the same fact.
        id=_text(row, "id", LONGEST_NAME) if row.get("id") is not None else f"={digest(row)[:40]}",
    )


def _check_body(kind: Kind, body: dict[str, Any], occurred_at: datetime) -> None:
    if unknown := sorted(body.keys() - kind.keys):
        words = {"kind": kind.name, "name": unknown[0][:40]}
        raise Refused(_("The body of “%(kind)s” has no “%(name)s”.") % words)
    for name, fits in MEANT.items():
        if body.get(name) is not None and not fits(body[name]):
            raise Refused(_("“body.%(name)s” cannot be read.") % {"name": name})
    if kind.hold and not MEANT["value"](body.get("value")):
        raise Refused(_("“body.%(name)s” cannot be read.") % {"name": "value"})
    if body.get("until") is not None and datetime.fromisoformat(body["until"]) < occurred_at:
        raise Refused(_("“body.until” lies before “at”."))


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_instant(value: object) -> bool:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at is not None and at.tzinfo is not None and EVER <= at < LATEST
    except (ValueError, OverflowError):
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


MEANT = {"for": _is_date, "until": _is_instant, "value": _is_number, "topics": _are_words}


def _member(row: dict[str, Any]) -> MemberForm:
    population = _text(row, "member", LONGEST_NAME)
    began_at = _instant(row, "from")
    ended_at = _instant(row, "until") if row.get("until") is not None else None
    if ended_at and ended_at < began_at:
        raise Refused(_("“until” lies before “from”."))
    return MemberForm(population, _key(row), began_at, ended_at)


def _key(row: Mapping[str, Any]) -> Key:
    subject = row.get("subject")
    if not isinstance(subject, dict) or subject.keys() != {"kind", "key"}:
        raise Refused(_("“subject” is an object with kind and key."))
    kind = _text(subject, "kind", LONGEST_NAME)
    if kind not in vocabulary.SUBJECTS:
        raise Refused(_("There is no kind of subject “%(name)s”.") % {"name": kind})
    return Key(kind, _text(subject, "key", LONGEST_KEY))


def _text(row: Mapping[str, Any], name: str, longest: int) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        words = {"name": name, "longest": longest}
        raise Refused(_("“%(name)s” is a text of at most %(longest)s signs.") % words)
    return value


def _instant(row: Mapping[str, Any], name: str) -> datetime:
    """Return it aware. Raise Refused if it is no instant, or one that no calendar here reaches."""
    try:
        at = datetime.fromisoformat(row[name])
        if at.tzinfo is None:
            raise ValueError
        early, late = at < EVER, at >= LATEST
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        how = _("“%(name)s” is an instant with its offset, like 2026-01-05T09:00:00+07:00.")
        raise Refused(how % {"name": name}) from error
    if early:
        raise Refused(_("“%(name)s” lies before the year 1900.") % {"name": name})
    if late:
        raise Refused(_("“%(name)s” lies after the year 2199.") % {"name": name})
    return at
