"""Log lines are JSON: an event, then its values. They name objects and never a secret."""

import json
import logging
import re
from datetime import UTC, datetime

# Decision 18: what stands behind these is a key, and a key is in no log.
SECRET = re.compile(r"(/kalender/|/agent/|/mulai/|/tautan/|/berhenti/)[^/\s?#]+")
_USUAL = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}
_HEAVY = {"request", "response", "server_time"}  # Django's own extras: objects, not values


def without_secrets(text: str) -> str:
    return SECRET.sub(r"\1…", text)


class NoSecretPaths(logging.Filter):
    """Blacken the keys in the paths that Django and others log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), None
        return True


class OneJsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        extra = {
            name: value
            for name, value in record.__dict__.items()
            if name not in _USUAL and name not in _HEAVY
        }
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **extra,
        }
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
