"""4.2: links, what machines say of their protection, accounts."""

from collections.abc import Iterator
from datetime import timedelta

from tertib.cli.demo.company import LINKS, SYSTEMS
from tertib.cli.demo.told import DAY, HOME, Brought, Told

RUN = timedelta(minutes=10)
PROBED_FOR = timedelta(days=5)  # since when links are probed: a run each ten minutes


def links(told: Told) -> Iterator[Brought]:
    source = "Monitor lama"
    begin = told.last - PROBED_FOR
    begin = begin.replace(minute=0, second=0, microsecond=0)
    for place, (name, kind) in enumerate(LINKS):
        about = ("link", name)
        yield told.member(source, "net_links", about, begin)
        if kind == "internet":
            yield told.member(source, "internet_links", about, begin)
        at = begin
        while at + RUN <= told.last:
            until = (at + RUN).isoformat()
            hours = (told.last - at) / timedelta(hours=1)
            broken = place == 2 and 30 < hours < 33  # the satellite, in a storm
            value = 0 if broken else 1
            yield Brought(
                at + RUN,
                source,
                told.fact(source, "net.probe.up", about, at, value=value, until=until).row,
            )
            yield Brought(
                at + RUN,
                source,
                told.fact(
                    source, "net.probe.loss_pct", about, at, value=0 if value else 100, until=until
                ).row,
            )
            at += RUN
        if kind == "internet":
            yield told.fact(
                source,
                "net.bandwidth_sample",
                about,
                told.last - timedelta(minutes=3),
                in_bps=48_000_000,
                out_bps=9_000_000,
            )
    full = ("link", LINKS[1][0])
    since = told.clock((told.last - 3 * DAY).astimezone(HOME).date(), 10)
    yield told.fact(source, "net.saturated", full, since, share=0.94)
    yield told.fact(
        source,
        "net.limit_applied",
        full,
        since + timedelta(hours=1),
        actor=told.it[3],
        limit=20_000_000,
    )


def posture(told: Told) -> Iterator[Brought]:
    source = "Keamanan lama"
    for place, machine in enumerate(told.machines):
        about = ("asset", machine.serial)
        for at in told.computer_days(7 if place < 12 else 28, hour=7):
            last = at > told.last - 28 * DAY
            yield told.fact(
                source,
                "posture.reported",
                about,
                at,
                firewall_on=not (last and place in (30, 77)),
                antivirus_on=True,
                signature_at=(at - DAY).isoformat(),
                disk_encrypted=True,
                baseline_checks_failed=0,
            )
        for at in told.computer_days(28, hour=8):
            late = place in (12, 60, 91) and at > told.last - 29 * DAY
            missing = (at - 45 * DAY).isoformat() if late else None
            yield told.fact(
                source,
                "patch.state_reported",
                about,
                at,
                lists_at=at.isoformat(),
                oldest_missing_security_update_at=missing,
                missing=1 if missing else 0,
            )
        recent = told.last - timedelta(hours=4)
        yield told.fact(
            source,
            "posture.reported",
            about,
            recent,
            firewall_on=place not in (30, 77),
            antivirus_on=True,
            signature_at=(recent - DAY).isoformat(),
            disk_encrypted=True,
            baseline_checks_failed=0,
        )
    for place, machine in enumerate(told.machines[:9]):
        found = told.last - (60 - place) * DAY
        yield told.fact(
            source, "patch.critical_missing", ("asset", machine.serial), found, patch="KB5046633"
        )
        yield told.fact(
            source, "patch.installed", ("asset", machine.serial), found + 5 * DAY, patch="KB5046633"
        )
    for site in told.sites:
        for at in told.days(hour=5):
            yield told.fact(source, "ids.heartbeat", ("site", site), at, ids_sensor_alive=True)
    incident = ("incident", "INS-01 email pancingan")
    opened = told.clock((told.last - 50 * DAY).astimezone(HOME).date(), 9)
    yield told.fact(source, "security_incident.open", incident, opened, "open", severity="sedang")
    yield told.fact(source, "security_incident.open", incident, opened + 2 * DAY, "closed")


def accounts(told: Told) -> Iterator[Brought]:
    source = "Akses lama"
    for number in range(1, 41):
        about = ("account", f"akun-{number:03}")
        yield told.member(source, "accounts", about, told.first + DAY)
        for at in told.days(6 if number < 41 else 7, hour=4):
            yield told.fact(
                source,
                "account.reviewed",
                about,
                at,
                level={"in_catalogue": True},
                owner_active=True,
            )
    for place, system in enumerate(SYSTEMS):
        for at in told.days(150, hour=14):
            yield told.fact(
                source,
                "access.review_signed",
                ("system", system.key),
                at,
                actor=told.it[system.owner],
                changes=place,
            )
