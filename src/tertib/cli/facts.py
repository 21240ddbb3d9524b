"""tertib facts import FILE: what another system saw, one JSON object a line (decision 14)."""

import argparse
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from tertib.evidence import intake, rows
from tertib.evidence.seals import breathe
from tertib.lib.errors import Refused

SHOWN = 50  # refused rows


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    top = subparsers.add_parser("facts", help=_("facts and members from other systems"))
    verbs = top.add_subparsers(required=True, metavar="VERB")
    taking = verbs.add_parser(
        "import",
        help=_("take a file of one JSON object a line; its name is the source"),
        epilog=_("The exit code is 0 if every row was kept, 1 if one was refused."),
    )
    taking.add_argument("--data", help=argparse.SUPPRESS)
    taking.add_argument("file", type=Path, metavar="FILE.ndjson")
    taking.set_defaults(run=import_facts)


def import_facts(args: argparse.Namespace) -> int:
    path: Path = args.file
    numbers = array("L")
    progress = _Progress()
    try:
        with path.open("rb") as file:
            report = intake.take(_rows(file, numbers), source=path.name, after_each=progress)
    except OSError as fault:
        words = {"file": path, "why": fault.strerror}
        raise Refused(_("%(file)s cannot be read: %(why)s") % words) from fault
    progress.end()
    for place, why in list(report.refused.items())[:SHOWN]:
        sys.stderr.write(_("line %(line)s: %(why)s") % {"line": numbers[place], "why": why} + "\n")
    if len(report.refused) > SHOWN:
        more = len(report.refused) - SHOWN
        sys.stderr.write(_("… and %(more)s more lines") % {"more": more} + "\n")
    told = {"kept": report.kept, "refused": len(report.refused), "file": path.name}
    sys.stdout.write(_("%(file)s: %(kept)s kept, %(refused)s refused") % told + "\n")
    return 1 if report.refused else 0


def _rows(file: BinaryIO, numbers: "array[int]") -> Iterator[object]:
    """Yield each line that holds something, and note its number."""
    number = 0
    while line := file.readline(rows.LONGEST_ROW + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):  # of a line that is too long
            rest = file.readline(rows.LONGEST_ROW)
        if line.strip():
            numbers.append(number)
            yield rows.parse_line(line.rstrip(b"\r\n"))


class _Progress:
    """Says once a second how far it is, where somebody watches; lets others write meanwhile."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1
        self._shown = False

    def __call__(self, report: intake.Report) -> None:
        breathe()
        if sys.stderr.isatty() and time.monotonic() > self._next:
            self._next, self._shown = time.monotonic() + 1, True
            sys.stderr.write("\r" + _("%(rows)s rows") % {"rows": report.kept})
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\n")
