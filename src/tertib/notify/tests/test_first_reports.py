"""An installation of 200 computers begins to report: nobody is buried in mails for it."""

from collections import Counter
from typing import Any

import pytest

from tertib.compliance import handover
from tertib.compliance.tests import house as houses
from tertib.notify.models import Notice
from tertib.notify.tests.conftest import Post, Worker, set_mail
from tertib.work.models import Line
from tertib.work.tasks import climb

MACHINES = 200


@pytest.mark.django_db
def test_200_first_reports_send_at_most_one_mail_per_person(
    clock: Any, post: Post, worker: Worker
) -> None:
    """Decision 10: what the machines lack is one piece of work, and one digest tells of it."""
    house = houses.empty(clock)
    house.at(1, 6, 9)
    set_mail(post.port, house.dewi)

    def everything_runs() -> None:
        house.judge()
        handover.hand_over(clock.now)
        climb(now=clock.now)
        worker.now = clock.now
        worker.run()

    for n in range(MACHINES):
        laptop = house.laptop(f"NB-{n:03}")
        house.tell("inventory.observed", laptop, source_kind="agent", os_supported=False)
        clock.move(seconds=20)
        if n % 50 == 49:
            everything_runs()
    assert post.mails == []
    house.at(1, 8, 8)  # they have had their days to settle: all of them lapse now
    everything_runs()
    assert Line.objects.filter(closed_at=None).count() == MACHINES
    house.at(1, 9, 8)
    everything_runs()
    assert Counter(post.sent_to) == {"Dewi Anggraini <dewi@contoh.test>": 1}
    assert Notice.objects.count() == 1  # of one piece of work, not of 200
