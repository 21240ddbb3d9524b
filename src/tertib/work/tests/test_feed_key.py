"""The key of a calendar feed stands in its address, and in no log (decision 18)."""

import logging
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def test_the_key_of_a_feed_is_blackened_in_the_logs() -> None:
    filters: Any = settings.LOGGING["filters"]
    blacken = import_string(filters["no_secret_paths"]["()"])()
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": ("/kalender/geheim-1.ics",)})
    blacken.filter(record)
    assert record.getMessage() == "Not Found: /kalender/…"
