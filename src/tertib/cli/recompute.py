"""tertib recompute: judge everything again from the ledger alone, and compare."""

import argparse
import sys

from django.utils.translation import gettext as _

from tertib.compliance.recompute import recompute

SHOWN = 20  # differences


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser(
        "recompute", help=_("judge everything again from the ledger and compare")
    )
    verb.add_argument("--repair", action="store_true", help=_("write what differs"))
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit with 1 where what is stored differs from what the ledger says."""
    report = recompute(repair=arguments.repair)
    figures = {
        "facts": report.facts,
        "standings": report.standings,
        "transitions": report.transitions,
        "differences": len(report.differences),
        "repaired": report.repaired,
    }
    if report.equal:
        told = _("Equal: %(facts)d facts, %(standings)d standings, %(transitions)d transitions.")
    else:
        told = _("%(differences)d differences, %(repaired)d of them repaired:")
    sys.stdout.write(told % figures + "\n")
    sys.stdout.writelines(f"  {line}\n" for line in report.differences[:SHOWN])
    return 0 if report.equal or arguments.repair else 1
