from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tertib.audit.actions import note
from tertib.audit.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_line_says_who_did_what_why_and_what_changed() -> None:
    actor, subject = uuid4(), uuid4()
    note("end_role", subject, actor=actor, now=NOON, reason="moved", role=("helpdesk", None))
    line = Entry.objects.get()
    assert (line.action, line.actor, line.subject) == ("end_role", actor, subject)
    assert (line.occurred_at, line.reason) == (NOON, "moved")
    assert line.changed == {"role": ["helpdesk", None]}


def test_a_long_reason_is_cut() -> None:
    note("end_role", uuid4(), actor=None, now=NOON, reason="x" * 900)
    assert len(Entry.objects.get().reason) == 500
