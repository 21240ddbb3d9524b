"""The computers of the demonstration, and what their inventory agents report."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

import orjson

from tertib.agents import actions, registry
from tertib.agents.registry import Report
from tertib.agents.wire import message
from tertib.cli.demo.company import MODELS, PLACES, TITLES
from tertib.people.models import Site

KINDS = {"Notebook": "NB", "Mini PC": "PC", "Desktop": "PC", "Tower": "SV"}  # by their chassis
WORDS = ("PST", "MKS", "JPR")  # of the places, in the computers' names


@dataclass(frozen=True, slots=True)
class Machine:
    name: str
    serial: str
    place: int
    report: bytes


def machines(random: Random, size: float) -> list[Machine]:
    made: list[Machine] = []
    for place, of in enumerate(PLACES):
        made += [
            _machine(random, place, number, server=number <= (6, 3, 1)[place])
            for number in range(1, round(size * of.computers) + 1)
        ]
    return made


def with_new_board(machine: Machine, random: Random) -> Machine:
    """Return it after a repair: the maker's serial number on another mainboard."""
    told = orjson.loads(machine.report)
    told["content"]["hardware"]["uuid"] = str(UUID(int=random.getrandbits(128), version=4)).upper()
    told["content"]["networks"][0]["mac"] = f"02:{random.randbytes(5).hex(':')}"
    return replace(machine, report=orjson.dumps(told))


def report(machine: Machine, site: Site, *, now: Any) -> None:
    """Let its agent report, by the way that every report takes once it is unpacked."""
    said = message.read(machine.report, wanted=registry.wanted())
    told = Report(
        deviceid=said.deviceid,
        agent_id="",
        partial=said.partial,
        digest=said.digest,
        sections=said.sections,
    )
    actions.accept(told, site, now=now)


def _machine(random: Random, place: int, number: int, *, server: bool) -> Machine:
    kind = "SV" if server else random.choice(("NB", "NB", "PC"))
    name = f"{kind}-{WORDS[place]}-{number:03}"
    fitting = [one for one in MODELS if KINDS[one[2]] == kind]
    maker, model, chassis = random.choice(fitting)
    serial = f"SBN{random.randrange(16**7):07X}"
    titles = random.sample(TITLES, random.randint(5, len(TITLES)))
    system = "Microsoft Windows Server 2022 Standard" if server else "Microsoft Windows 11 Pro"
    build = "10.0.20348" if server else "10.0.26200"
    told = {
        "action": "inventory",
        "deviceid": f"{name}-2026-01-05-08-00-00",
        "itemtype": "Computer",
        "content": {
            "versionclient": "GLPI-Agent_v1.12",
            "hardware": {
                "name": name,
                "uuid": str(UUID(int=random.getrandbits(128), version=4)).upper(),
                "chassis_type": chassis,
                "memory": random.choice((8192, 16384, 32768)),
            },
            "bios": {"ssn": serial, "smanufacturer": maker, "smodel": model},
            "operatingsystem": {"name": "Windows", "full_name": system, "version": build},
            "cpus": [{"name": "Intel(R) Core(TM) i5-1240P", "core": 12}],
            "drives": [{"total": 476_000, "free": random.randint(60_000, 300_000), "letter": "C:"}],
            "networks": [
                {
                    "description": "Ethernet",
                    "mac": ":".join(f"{b:02x}" for b in (0x02, *random.randbytes(5))),
                    "ipaddress": f"10.{(place + 1) * 10}.{number // 250}.{number % 250 + 1}",
                    "type": "ethernet",
                    "virtualdev": False,
                }
            ],
            "softwares": [
                {"name": title, "version": version, "publisher": publisher}
                for title, version, publisher in titles
            ],
        },
    }
    return Machine(name, serial, place, orjson.dumps(told))
