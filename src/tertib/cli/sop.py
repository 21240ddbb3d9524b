"""tertib sop: check, show, compare, publish, approve and withdraw versions; the format's schema.

Exit codes: 0 sound, or nothing is weaker; 1 faults, or refused; 3 (diff) something is weaker.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tertib.governance.actions import approve_version, publish_version, withdraw_version
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import actions, versions
from tertib.sop.diff import diff
from tertib.sop.faults import Faults
from tertib.sop.format import Control, Sop
from tertib.sop.holidays import resolve
from tertib.sop.models import Version
from tertib.sop.reader import read
from tertib.sop.schema import schema
from tertib.sop.tree import BYTES

WEAKER = 3


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sop = subparsers.add_parser(
        "sop", help=_("the SOP: check, show, diff, publish, approve, withdraw")
    )
    verbs = sop.add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", help=_("name every fault of a file"))
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true", help=_("print the faults as JSON"))
    check.set_defaults(run=_check)
    show = verbs.add_parser("show", help=_("show the version in force, or another one"))
    show.add_argument("version", nargs="?")
    show.add_argument("--file", action="store_true", help=_("print its file as published"))
    show.set_defaults(run=_show)
    compare = verbs.add_parser(
        "diff", help=_("say what changes and what gets weaker (exit code 3)")
    )
    compare.add_argument("old", help=_("a file or a version's name"))
    compare.add_argument("new", help=_("a file or a version's name"))
    compare.set_defaults(run=_diff)
    publish = verbs.add_parser("publish", help=_("publish a file as a version"))
    publish.add_argument("file", type=Path)
    publish.add_argument(
        "--author", metavar="EMAIL", help=_("who wrote it: somebody else approves")
    )
    publish.set_defaults(run=_publish)
    approve = verbs.add_parser("approve", help=_("approve a version, which then is in force"))
    approve.add_argument("version", nargs="?", help=_("its name; else the one in force"))
    approve.add_argument(
        "--by", metavar="EMAIL", required=True, help=_("who approves: whoever holds the SOP's role")
    )
    approve.set_defaults(run=_approve)
    withdraw = verbs.add_parser(
        "withdraw", help=_("take back a version that nobody has approved yet")
    )
    withdraw.add_argument("version", help=_("its name"))
    withdraw.add_argument(
        "--by", metavar="EMAIL", required=True, help=_("who withdraws: whoever may publish")
    )
    withdraw.set_defaults(run=_withdraw)
    verbs.add_parser("schema", help=_("print the JSON Schema of the format")).set_defaults(
        run=_schema
    )


def _check(given: argparse.Namespace) -> int:
    found = _read(given.file)
    faults = () if isinstance(found, Sop) else found
    if given.json:
        told = [
            {"line": fault.line, "column": fault.column}
            | {language: fault.words(language) for language in ("id", "en")}
            for fault in faults
        ]
        _say(json.dumps(told, ensure_ascii=False, indent=1))
    elif isinstance(found, Sop):
        controls = ngettext("%d control", "%d controls", len(found.controls))
        clauses = ngettext("%d clause", "%d clauses", len(found.clauses))
        _say(
            _("%(file)s is sound: %(clauses)s, %(controls)s.")
            % {
                "file": given.file,
                "clauses": clauses % len(found.clauses),
                "controls": controls % len(found.controls),
            }
        )
    else:
        for fault in faults:
            _say(f"{given.file}:{fault}")
        _say(ngettext("%d fault.", "%d faults.", len(faults)) % len(faults))
    return 1 if faults else 0


def _show(given: argparse.Namespace) -> int:
    now, version = timezone.now(), _named(given.version)
    if given.file:
        _say(version.text.rstrip("\n"))
        return 0
    sop = _of(version)
    _say(f"{sop.title.words(get_language())}\n{_standing(version, now)}")
    _say(f"SHA-256 {version.digest}")
    for clause in sop.clauses:
        _say(f"\n{clause.id} {clause.text.words(get_language())}")
        for control in clause.controls:
            _say(f"  {_line(control)}")
    return 0


def _named(name: str | None) -> Version:
    """Return the published version of that name, or the one in force."""
    if not _is_started():
        raise Refused(_("No SOP is published yet: start Tertib once with “tertib up”."))
    name = name or versions.current(timezone.now()).version
    version = _published(name)
    if version is None:
        raise Refused(_("There is no version %(name)s.") % {"name": name})
    return version


def _standing(version: Version, now: datetime) -> str:
    told = {"name": version.name, "date": version.effective_from}
    if version.withdrawn_at:
        return _("Version %(name)s was withdrawn.") % told
    if version.name != versions.current(now).version:
        waits = not version.is_first and version.approved_at is None
        return (
            _("Version %(name)s, from %(date)s on, not approved yet.") % told
            if waits
            else _("Version %(name)s, from %(date)s on.") % told
        )
    why = versions.provisional(now)
    in_force = _("Version %(name)s, in force since %(date)s.") % told
    return f"{in_force} {_('Provisional:')} {why}" if why else in_force


def _line(control: Control) -> str:
    title = control.title.words(get_language())
    off = "" if control.active else f" ({_('off')}: {control.because})"
    return f"{control.id:24} {control.kind:10} {title}{off}"


def _diff(given: argparse.Namespace) -> int:
    changes = diff(_sop(given.old), _sop(given.new))
    for change in changes:
        _say(change.words())
    weaker = sum(change.weakens for change in changes)
    told = ngettext("%d change", "%d changes", len(changes)) % len(changes)
    _say(_("%(changes)s, %(weaker)d of them weaker.") % {"changes": told, "weaker": weaker})
    return WEAKER if weaker else 0


def _publish(given: argparse.Namespace) -> int:
    author = _person(given.author) if given.author else None
    text, source = _text(given.file), _source(given.file)
    version = publish_version(text, source, author=author, now=timezone.now())
    _say(_standing(version, timezone.now()))
    return 0


def _approve(given: argparse.Namespace) -> int:
    now, version = timezone.now(), _named(given.version)
    if not approve_version(version, by=_person(given.by), now=now):
        _say(_("It was so already."))
    version.refresh_from_db()
    _say(_standing(version, now))
    return 0


def _withdraw(given: argparse.Namespace) -> int:
    now, version = timezone.now(), _named(given.version)
    by = _user(given.by)
    if not by.may("sop.edit", now=now):
        raise Refused(_("%(name)s may not change the SOP.") % {"name": by.full_name})
    if version.approved_at:
        raise Refused(
            _("Version %(name)s is approved: publish a later one instead.") % {"name": version.name}
        )
    if not withdraw_version(version, by=by.uuid, now=now):
        _say(_("It was so already."))
    _say(_("Version %(name)s was withdrawn.") % {"name": version.name})
    return 0


def _person(email: str) -> UUID:
    return _user(email).uuid


def _user(email: str) -> User:
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    if person is None:
        raise Refused(_("Nobody here has the address %(email)s.") % {"email": email})
    return person


def _schema(given: argparse.Namespace) -> int:
    _say(json.dumps(schema(), ensure_ascii=False, indent=1))
    return 0


def _sop(name: str) -> Sop:
    """Return the SOP of a file, or of a published version."""
    if version := None if Path(name).is_file() else _published(name):
        return _of(version)
    found = _read(Path(name))
    if not isinstance(found, Sop):
        raise Refused("\n".join(f"{name}:{fault}" for fault in found))
    return found


def _is_started() -> bool:
    try:
        return Version.objects.exists()
    except DatabaseError:  # there is no database yet, or it is empty
        return False


def _published(name: str) -> Version | None:
    return Version.objects.filter(name=name).first() if _is_started() else None


def _of(version: Version) -> Sop:
    found = read(version.text, version.source_text, setup={"holidays": version.holidays})
    if not isinstance(found, Sop):
        raise actions.FaultyError(found)
    return found


def _read(path: Path) -> Sop | Faults:
    return read(_text(path), _source(path), holidays=resolve)


def _text(path: Path) -> bytes:
    """Return the file; of one that is too large, only as much as shows that it is."""
    try:
        with path.open("rb") as file:
            return file.read(BYTES + 1)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def _source(path: Path) -> Callable[[str], str | None]:
    """Return how to find the source text that a file names: beside it, else what ships."""

    def find(name: str) -> str | None:
        for folder in (path.parent, actions.ROOM):
            beside = folder / name
            if beside.parent == folder and beside.is_file():
                return _text(beside).decode(errors="replace")
        return None

    return find


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
