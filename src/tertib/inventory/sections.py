"""What inventory takes from host reports. What is not named here or in another room is dropped."""

from datetime import datetime

from tertib.agents import registry
from tertib.agents.registry import Changes, Report
from tertib.evidence.models import Subject
from tertib.inventory import actions, recognise, software
from tertib.inventory.models import Asset
from tertib.people.models import Site

KEPT = (
    "antivirus", "batteries", "bios", "controllers", "cpus", "drives", "firewalls", "hardware",
    "inputs", "memories", "monitors", "networks", "operatingsystem", "ports", "printers", "slots",
    "sounds", "storages", "usbdevices", "videos", "virtualmachines",
)  # fmt: skip


class Computers:
    """Assets are the hosts that reports are about."""

    def find(self, report: Report, site: Site, *, now: datetime) -> Asset | None:
        return recognise.find(report, site, now=now)

    def subject(self, host: Asset) -> Subject:
        return host.subject

    def is_new(self, host: Asset) -> bool:
        return not host.report_digest

    def seen(
        self, host: Asset, report: Report, changes: Changes, site: Site, *, now: datetime
    ) -> None:
        actions.record_report(host, report, changes, site, now=now)


def register() -> None:
    registry.know_hosts(Computers())
    registry.take_sections(*KEPT)
    registry.take_sections("softwares", take=software.take, kept=False)
