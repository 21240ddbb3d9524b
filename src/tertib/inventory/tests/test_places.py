"""Work about an asset finds its owner at the site where the asset stands."""

from tertib.agents.tests.machines import FULL
from tertib.evidence.models import Subject
from tertib.inventory.models import Asset
from tertib.inventory.tests.conftest import Report
from tertib.people.models import Site
from tertib.work import places


def test_an_asset_stands_at_the_site_that_it_reports_from(office: Site, report: Report) -> None:
    report(FULL)
    asset = Asset.objects.get()
    subject = Subject.objects.get(pk=asset.subject_id)
    assert places.sites_of([subject]) == {subject.uuid: office.pk}
