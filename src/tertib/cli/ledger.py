"""tertib ledger verify | export FILE: is the past as it was written, and the proof of it."""

import argparse
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from tertib.evidence import attached, exporting, ledger, seals
from tertib.evidence.append_only import missing
from tertib.lib.errors import Refused


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    top = subparsers.add_parser("ledger", help=_("verify the ledger, or export it"))
    verbs = top.add_subparsers(required=True, metavar="VERB")
    verifying = verbs.add_parser(
        "verify", help=_("compare every row with what was sealed; name what was altered")
    )
    verifying.add_argument("--data", help=argparse.SUPPRESS)
    verifying.add_argument(
        "fingerprint", nargs="*", help=_("say what the ledger knows of a report's fingerprint")
    )
    verifying.set_defaults(run=verify)
    exported = verbs.add_parser(
        "export", help=_("write the sealed ledger and a verifier that needs nothing but Python")
    )
    exported.add_argument("--data", help=argparse.SUPPRESS)
    exported.add_argument("file", type=Path, metavar="FILE.jsonl.gz")
    exported.set_defaults(run=export)


def verify(args: argparse.Namespace) -> int:
    verified = seals.verify()
    faults = [_("The trigger %(name)s is missing.") % {"name": name} for name in missing()]
    faults += attached.faults()
    sys.stdout.write("".join(f"{line}\n" for line in (verified, *faults)))
    known = _known(" ".join(args.fingerprint)) if args.fingerprint else True
    return 1 if verified.faults or faults or not known else 0


def _known(fingerprint: str) -> bool:
    """Say which records hold a fingerprint, as it is printed or whole. False: none does."""
    found = attached.find(fingerprint)
    for one in found:
        told = {"kind": one.kind, "about": one.about, "seq": one.seq, "seal": one.seal or "-"}
        told["at"] = one.occurred_at.isoformat(timespec="seconds")
        line = _("%(kind)s for %(about)s at %(at)s: record %(seq)s, seal %(seal)s")
        sys.stdout.write(f"{line % told}\n")
    if not found:
        sys.stdout.write(_("The ledger knows no such fingerprint.") + "\n")
    return bool(found)


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
