"""Where sessions are kept: Django's own way, plus whose each is (settings.SESSION_ENGINE)."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tertib.people.models import Session

BEGAN, SEEN = "began", "seen"  # in the session, as POSIX seconds
ID, PLACE, BROWSER = "id", "place", "browser"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.uuid = UUID(data[ID]) if ID in data else uuid4()
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at, row.seen_at = _instant(data.get(BEGAN)), _instant(data.get(SEEN))
        row.place, row.browser = data.get(PLACE, ""), data.get(BROWSER, "")
        return row


def _instant(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
