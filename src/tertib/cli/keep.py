"""tertib keep backup | restore FILE | check FILE | list: Tertib's own backup."""

import sys
from argparse import Namespace
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.cli.folder import claimed
from tertib.cli.vault import written_down
from tertib.evidence import seals
from tertib.evidence.models import Membership
from tertib.keep import backup as backups
from tertib.keep.archive import Reader
from tertib.keep.restore import restore as bring_back
from tertib.people import erased
from tertib.people.actions import erase_again
from tertib.people.actions.erasing import Again
from tertib.people.actions.signin import first_link, person_link
from tertib.people.models import User
from tertib.vault import actions as vault
from tertib.vault import keyring


def register(subparsers: Any) -> None:
    top = subparsers.add_parser("keep", help=_("back Tertib up, and restore it"))
    verbs = top.add_subparsers(metavar="VERB", required=True)
    make = verbs.add_parser("backup", help=_("write a backup and read it back"))
    make.add_argument("--to", type=Path, metavar="FILE")
    make.set_defaults(run=backup)
    check_verb = verbs.add_parser("check", help=_("read a backup back without restoring it"))
    check_verb.add_argument("file", type=Path, metavar="FILE")
    check_verb.set_defaults(run=check)
    back = verbs.add_parser("restore", help=_("bring a backup back on an empty machine"))
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--replace", action="store_true", help=_("put aside what is there now"))
    back.set_defaults(run=restore)
    listed = verbs.add_parser("list", help=_("name the backups that are kept"))
    listed.set_defaults(run=names)


def backup(arguments: Namespace) -> int:
    path = backups.make(now=timezone.now(), to=arguments.to)
    tables = Reader.open(path).manifest.tables
    _say(
        _("%(file)s: %(rows)d rows of %(tables)d tables, read back and as they were written.")
        % {
            "file": path,
            "rows": sum(table.rows for table in tables.values()),
            "tables": len(tables),
        }
    )
    return 0


def check(arguments: Namespace) -> int:
    reader = Reader.open(arguments.file)
    reader.check()
    _say(_("%(file)s is whole. Made at %(at)s.") % _about(arguments.file, reader.manifest.made_at))
    return 0


def restore(arguments: Namespace) -> int:
    now, keys = timezone.now(), Path(settings.KEYRING)
    with claimed(Path(settings.DATA)):  # never from under a Tertib that runs
        knows_erased = _knows_erased()
        done = bring_back(arguments.file, now=now, replace=arguments.replace)
        _say(
            _("%(rows)d rows and %(files)d files of %(at)s are back, counted and added up.")
            % {"rows": done.rows, "files": done.files, "at": done.made_at}
        )
        if done.aside:
            _say(_("What was there before is in %(folder)s.") % {"folder": done.aside})
        if not keys.exists():
            words = keyring.create(keys)
            _say(written_down(words))
        for place in vault.forget_lost():
            _say(_("Lost with the old keyring: %(secret)s") % {"secret": place})
        for line in erased_again(now, done.made_at, known=knows_erased):
            _say(line)
        _say(str(seals.verify()))
        for link in _links(now):
            _say(_("A link for an administrator, good for one use: %(link)s") % {"link": link})
    return 0


def _knows_erased() -> bool:
    """Say whether this machine knows who was erased; what stands here goes on its list first."""
    with suppress(DatabaseError):  # something that is no database of ours: the restore refuses
        if User._meta.db_table in connection.introspection.table_names():
            erased.write_down()
    return erased.kept()


def erased_again(now: datetime, made_at: str, *, known: bool) -> list[str]:
    """Erase again whom the backup brought back, and say so; or say what has to be checked."""
    told = told_again(erase_again(now=now))
    if not known:
        at = {"at": made_at, "file": erased.path()}
        told.append(
            _(
                "Who was erased after %(at)s, this machine does not know: their names are back. "
                "Put the file “erased” of the old data folder at %(file)s before the next start, "
                "or erase them again under People."
            )
            % at
        )
    erased.write_down()
    return told


def told_again(again: Again) -> list[str]:
    told = []
    if again.erased:
        names = {"names": ", ".join(again.erased), "count": len(again.erased)}
        told.append(
            ngettext(
                "A person who had been erased was erased again: %(names)s.",
                "%(count)s people who had been erased were erased again: %(names)s.",
                len(again.erased),
            )
            % names
        )
    alone = _(
        "%(person)s had been erased, but is the only administrator in this backup: give the role "
        "to somebody else, let them leave and start again."
    )
    return told + [alone % {"person": f"/orang/{uuid}"} for uuid in again.open]


def _links(now: datetime) -> list[str]:
    """Return a new link for the first administrator, or for each one that came back."""
    first = first_link(now)
    if first:
        return [first]
    admins = Membership.objects.at(now).filter(population="role:admin").values("subject")
    people = User.objects.filter(uuid__in=admins, left_at=None)
    return [person_link(person, by=None, now=now) for person in people]


def names(_arguments: Namespace) -> int:
    for path in sorted(Path(settings.BACKUPS).glob("tertib-*.backup")):
        _say(f"{path}  {path.stat().st_size / 2**20:.1f} MB")
    return 0


def _about(path: Path, made_at: str) -> dict[str, str]:
    return {"file": path.name, "at": made_at}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
