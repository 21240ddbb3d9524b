"""4.1: the register, licences, maintenance."""

from collections.abc import Iterator
from datetime import timedelta

from tertib.cli.demo.company import DEVICES
from tertib.cli.demo.told import DAY, HOME, Brought, Told

LOST = ("PRINTER-03", "UPS-02")  # nobody has seen them for half a year
CHECKED_FOR = timedelta(days=100)  # since when checklists are ticked one by one


def register(told: Told) -> Iterator[Brought]:
    source = "Inventaris lama"
    for kind, count in DEVICES:
        for number in range(1, count + 1):
            about = ("asset", f"{kind.upper()}-{number:02}")
            yield told.fact(
                source,
                "asset.recorded",
                about,
                told.first + DAY,
                fields=_entry(told, about, number),
            )
            for population in ("hardware", "maintainable"):
                yield told.member(source, population, about, told.first + DAY)
            seen = list(told.days(88, hour=10))
            if about[1] in LOST:
                seen = [told.last - 193 * DAY]
            for at in seen:
                yield told.fact(source, "inventory.observed", about, at, source_kind="scan")
                yield told.fact(
                    source, "asset.recorded", about, at, fields=_entry(told, about, number)
                )
    for site in told.sites:
        for at in told.days(hour=6):
            yield told.fact(source, "network.scan_done", ("site", site), at, ranges=1, hosts=80)
        for at in told.months(day=20):
            if at.astimezone(HOME).month in (1, 7):
                yield told.fact(
                    source, "inventory.count_signed", ("site", site), at, found=60, missing=1
                )
    about = ("device", "perangkat tak dikenal 10.20.4.77")
    met = told.last - 40 * DAY
    yield told.fact(source, "device.unregistered_on_network", about, met, "open")
    yield told.fact(source, "device.unregistered_on_network", about, met + DAY, "closed")


def _entry(told: Told, about: tuple[str, str], number: int) -> dict[str, str]:
    site = told.sites[number % len(told.sites)]
    return {
        "tag": about[1],
        "serial": f"D{number:05}",
        "owner": "umum",
        "location": site,
        "status": "in_use",
    }


def licences(told: Told) -> Iterator[Brought]:
    for place, machine in enumerate(told.machines):
        for at in told.computer_days(28, hour=11):
            wrong = 1 if place in (17, 51) and at > told.last - 30 * DAY else 0
            yield told.fact(
                "Lisensi lama", "software.licence_checked", ("asset", machine.serial), at,
                unlicensed_software=wrong,
            )  # fmt: skip


def maintenance(told: Told) -> Iterator[Brought]:
    source = "Pemeliharaan lama"
    things = [machine.serial for machine in told.machines]
    things += [f"{kind.upper()}-{n:02}" for kind, count in DEVICES for n in range(1, count + 1)]
    late = {m.serial for m in told.machines if m.place == 2}  # the ship with parts came late
    for place, key in enumerate(things):
        about = ("asset", key)
        computer = place < len(told.machines)
        for month in told.months(day=3 + place % 20, hour=13):
            missed = key in late and told.last - 62 * DAY < month < told.last - 3 * DAY
            if missed or (computer and month < told.rolled_out + DAY):
                continue
            following = month + 30 * DAY
            if computer and month > told.last - CHECKED_FOR:
                for item in ("update_sistem", "pembersihan", "cek_performa"):
                    yield told.fact(
                        source,
                        "checklist.item_done",
                        about,
                        month - timedelta(minutes=20),
                        item=item,
                    )
            done = month.astimezone(HOME).date().isoformat()
            yield told.fact(source, "maintenance.done", about, month, **{"for": done})
            yield told.fact(
                source,
                "maintenance.planned",
                about,
                month + timedelta(minutes=1),
                next_maintenance_at=following.isoformat(),
            )
        if (told.last - told.first).days > 40:
            yield told.fact(
                source, "maintenance.planned", about, told.last - 2 * DAY,
                next_maintenance_at=(told.last + (3 + place % 20) * DAY).isoformat(),
            )  # fmt: skip
