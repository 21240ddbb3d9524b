"""What real agents send, and a way to send it."""

import json
import zlib
from pathlib import Path
from typing import Any, Protocol

from django.http import HttpResponse

SAMPLES = Path(__file__).parent / "samples"
AGENT_ID = "0b7a1f8c-6c6e-4d0e-9a39-0d4c1c8f2a11"


class Send(Protocol):
    """Post a body as the GLPI Agent does; headers may be replaced, an empty one left out."""

    def __call__(self, body: bytes, *, packed: bool = True, **headers: str) -> HttpResponse: ...


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


FULL = sample("glpi-agent-inventory-full.json")
PARTIAL = sample("glpi-agent-inventory-partial.json")
PROLOG = sample("glpi-agent-prolog.xml")
CONTACT = sample("glpi-agent-contact.json")


def changed(body: bytes, **content: Any) -> bytes:
    """Return a report in which these sections are others; None: without that section.

    deviceid and partial are those of the report itself.
    """
    told = json.loads(body)
    for name in ("deviceid", "partial"):
        if name in content:
            told[name] = content.pop(name)
    told["content"] |= content
    told["content"] = {name: value for name, value in told["content"].items() if value is not None}
    return json.dumps(told).encode()


def machine(
    *,
    deviceid: str,
    uuid: str = "",
    serial: str = "",
    macs: tuple[str, ...] = (),
    name: str = "pc",
    **content: Any,
) -> bytes:
    """Return a small full report of a machine that identifies itself like this."""
    networks = [
        {"description": f"eth{n}", "mac": mac, "virtualdev": False, "type": "ethernet"}
        for n, mac in enumerate(macs)
    ]
    told = {
        "action": "inventory",
        "deviceid": deviceid,
        "itemtype": "Computer",
        "content": {
            "versionclient": "GLPI-Agent_v1.12-dev",
            "hardware": {"name": name, "uuid": uuid},
            "bios": {"ssn": serial},
            "networks": networks,
            **content,
        },
    }
    return json.dumps(told).encode()


def packed(body: bytes) -> bytes:
    return zlib.compress(body)
