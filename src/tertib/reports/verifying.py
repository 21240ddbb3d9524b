"""Whether the reports that are kept are the ones that the ledger knows."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tertib.evidence.models import Fact
from tertib.governance.evidence import REPORT_ISSUED, REPORT_SIGNED
from tertib.reports import rules
from tertib.reports.models import Report


def faults() -> Iterator[str]:
    """Yield a sentence for each report that was altered, or that no fact knows."""
    known = {
        (kind, body.get("for"), body.get("fingerprint"))
        for kind, body in Fact.objects.filter(
            kind__in=(REPORT_ISSUED.name, REPORT_SIGNED.name)
        ).values_list("kind", "body")
    }
    for report in Report.objects.order_by("month", "pk").iterator(20):
        words = {"month": f"{report.month:%Y-%m}", "digest": rules.grouped(report.fingerprint)}
        about = report.month.isoformat(), report.fingerprint
        if rules.fingerprint(report.content) != report.fingerprint:
            yield _("The report of %(month)s (%(digest)s) was altered.") % words
        elif (REPORT_ISSUED.name, *about) not in known:
            yield _("The report of %(month)s (%(digest)s) was never issued.") % words
        elif report.signed_at and (REPORT_SIGNED.name, *about) not in known:
            yield _("The report of %(month)s (%(digest)s) was never signed.") % words
