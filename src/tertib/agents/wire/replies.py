"""What Tertib says to an agent, in the agent's dialect."""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import orjson

HOURS = 24  # until the agent reports again
NOT_WANTED = "process,environment,local_user"  # of the machine: the agent does not even collect it
# Agents skip the XML greeting once a task names its server. They know GLPI's name and its numbers.
INVENTORY_TASK = {"server": "glpi", "version": "10.0.18", "no-category": NOT_WANTED}
DISABLED = ["netdiscovery", "netinventory", "esx", "collect", "deploy"]


@dataclass(frozen=True)
class Reply:
    body: bytes
    content_type: str
    status: int = 200


def prolog(*, speaks_json: bool) -> Reply:
    """Answer the greeting. One who can speak JSON comes back at once with CONTACT, and so learns
    what not to collect before the first report."""
    if speaks_json:
        return _json({"status": "pending"})
    return _xml(f"<PROLOG_FREQ>{HOURS}</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>")


def contact() -> Reply:
    return _json(
        {
            "status": "ok",
            "message": "Tertib",
            "expiration": HOURS,
            "tasks": {"inventory": INVENTORY_TASK},
            "disabled": DISABLED,
        }
    )


def taken(*, in_json: bool) -> Reply:
    if in_json:
        return _json({"status": "ok", "expiration": HOURS})
    return _xml("<RESPONSE>SEND</RESPONSE>")


def refused(why: str, *, in_json: bool, status: int) -> Reply:
    why = why[:250]
    if in_json:
        told = {"status": "error", "message": why, "expiration": HOURS}
        return _json(told, status=status)
    return _xml(f"<ERROR>{escape(why)}</ERROR>", status=status)


def _json(told: dict[str, Any], *, status: int = 200) -> Reply:
    return Reply(orjson.dumps(told), "application/json", status)


def _xml(inside: str, *, status: int = 200) -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<REPLY>{inside}</REPLY>\n'
    return Reply(text.encode(), "application/xml", status)
