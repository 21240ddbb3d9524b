"""tertib explain CONTROL | --all: how and why a control stands, now or at any past moment."""

import argparse
import sys
from datetime import datetime
from typing import Any

import orjson
from django.utils import translation
from django.utils.translation import gettext as _

from tertib.compliance.explain import every, explain
from tertib.evidence import ledger
from tertib.lib.errors import Refused

SHOWN = 20  # rows of a control in words; --json shows all


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("explain", help=_("tell how and why a control stands"))
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("control", nargs="?", metavar="CONTROL")
    which.add_argument("--all", action="store_true", help=_("every control"))
    verb.add_argument("--as-of", metavar="T", help=_("at that moment (ISO 8601 with its offset)"))
    verb.add_argument("--known-at", metavar="T", help=_("as it was known at that moment"))
    verb.add_argument("--json", action="store_true", help=_("for machines"))
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    now = ledger.now()
    t, k = _instant(arguments.as_of), _instant(arguments.known_at)
    if arguments.all:
        told: Any = every(as_of=t, known_at=k, now=now)
    else:
        told = explain(arguments.control, as_of=t, known_at=k, now=now)
    if arguments.json:
        sys.stdout.write(
            orjson.dumps(told, option=orjson.OPT_INDENT_2, default=str).decode() + "\n"
        )
        return 0
    for one in told if arguments.all else [told]:
        sys.stdout.write(_summary(one) + "\n")
        if not arguments.all:
            sys.stdout.writelines(f"{line}\n" for line in _rows(one))
    return 0


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise Refused(_("%(text)s is no moment in ISO 8601.") % {"text": text}) from unreadable
    if read.tzinfo is None:
        raise Refused(_("%(text)s needs its offset, like +07:00.") % {"text": text})
    return read


def _summary(one: dict[str, Any]) -> str:
    title = (one["title"] or {}).get(translation.get_language() or "id", "")
    figures = f"{one['numerator']}/{one['denominator']}"
    counts = ", ".join(f"{name} {number}" for name, number in sorted(one["counts"].items()))
    return f"{one['control']:<24} {one['state']:<10} {figures:>9}  {title}" + (
        f"  ({counts})" if counts else ""
    )


def _rows(one: dict[str, Any]) -> list[str]:
    rows = one.get("subjects", one.get("items", []))
    lines = []
    for row in rows[:SHOWN]:
        fact = row.get("fact") or row.get("deciding") or {}
        if isinstance(fact, list):
            fact = fact[0] if fact else {}
        record = f"#{fact['seq']} {fact['kind']} {fact['occurred_at']}" if fact else "-"
        lines.append(f"  {row.get('label') or row.get('key')!s:<24} {row['state']:<10} {record}")
    if len(rows) > SHOWN:
        lines.append(
            "  " + _("… and %(more)d more: --json shows all.") % {"more": len(rows) - SHOWN}
        )
    return lines
