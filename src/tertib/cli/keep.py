"""tertib keep backup | restore FILE | check FILE | list: Tertib's own backup."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tertib.evidence import seals
from tertib.keep import backup as backups
from tertib.keep.archive import Reader
from tertib.keep.restore import restore as bring_back
from tertib.people.actions import first_link
from tertib.vault import fields, keyring


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
    now = timezone.now()
    done = bring_back(arguments.file, now=now, replace=arguments.replace)
    _say(
        _("%(rows)d rows and %(files)d files of %(at)s are back, counted and added up.")
        % {"rows": done.rows, "files": done.files, "at": done.made_at}
    )
    if done.aside:
        _say(_("What was there before is in %(folder)s.") % {"folder": done.aside})
    if not Path(settings.KEYRING).exists():
        words = keyring.create(Path(settings.KEYRING))
        _say(_("A new keyring was made. Write these recovery words down, they are shown only now:"))
        _say("  " + " ".join(words))
    for lost in fields.lost():
        _say(_("Lost with the old keyring: %(secret)s") % {"secret": lost})
    seals_are = seals.verify()
    _say(str(seals_are))
    link = first_link(now, again=True)
    if link:
        _say(_("A link for an administrator, good for one use: %(link)s") % {"link": link})
    return 0


def names(_arguments: Namespace) -> int:
    for path in sorted(Path(settings.BACKUPS).glob("tertib-*.backup")):
        _say(f"{path}  {path.stat().st_size / 2**20:.1f} MB")
    return 0


def _about(path: Path, made_at: str) -> dict[str, str]:
    return {"file": path.name, "at": made_at}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
