"""tertib ledger verify | export FILE: is the past as it was written, and the proof of it."""

import argparse
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from tertib.evidence import exporting, ledger, seals
from tertib.evidence.append_only import missing
from tertib.lib.errors import Refused


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    top = subparsers.add_parser("ledger", help=_("verify the ledger, or export it"))
    verbs = top.add_subparsers(required=True, metavar="VERB")
    verifying = verbs.add_parser(
        "verify", help=_("compare every row with what was sealed; name what was altered")
    )
    verifying.add_argument("--data", help=argparse.SUPPRESS)
    verifying.set_defaults(run=verify)
    exported = verbs.add_parser(
        "export", help=_("write the sealed ledger and a verifier that needs nothing but Python")
    )
    exported.add_argument("--data", help=argparse.SUPPRESS)
    exported.add_argument("file", type=Path, metavar="FILE.jsonl.gz")
    exported.set_defaults(run=export)


def verify(_args: argparse.Namespace) -> int:
    verified = seals.verify()
    unprotected = missing()
    sys.stdout.write(f"{verified}\n")
    for name in unprotected:
        sys.stdout.write(_("The trigger %(name)s is missing.") % {"name": name} + "\n")
    return 1 if verified.faults or unprotected else 0


def export(args: argparse.Namespace) -> int:
    path: Path = args.file
    now = ledger.now()
    seals.seal(now)
    try:
        sealed, rows = exporting.export(path, now=now)
    except OSError as fault:
        broken = {"file": path, "why": fault.strerror}
        raise Refused(_("%(file)s cannot be written: %(why)s") % broken) from fault
    words = {"file": path, "seals": sealed, "rows": rows, "verifier": exporting.VERIFIER.name}
    told = _("%(file)s: %(seals)s seals, %(rows)s rows. Check it: python3 %(verifier)s %(file)s")
    sys.stdout.write(told % words + "\n")
    return 0
