"""4.4 and 4.5: systems, data and their backups, changes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tertib.cli.demo.company import DATASETS, SYSTEMS
from tertib.cli.demo.told import DAY, HOME, Brought, Told

COPIED_FOR = timedelta(days=120)  # since when the copies elsewhere are listed


def systems(told: Told) -> Iterator[Brought]:
    source = "Sistem lama"
    for place, system in enumerate(SYSTEMS):
        about = ("system", system.key)
        yield told.member(source, "systems", about, told.first + DAY)
        for at in told.days(6, hour=3):
            yield told.fact(
                source,
                "system.version_seen",
                about,
                at,
                running_version=f"4.{place}",
                has_change_record=True,
            )
            owners: dict[str, Any] = {
                f"owner_{what}": {"person_active": True}
                for what in ("maintenance", "development", "security")
            }
            yield told.fact(source, "system.owners_checked", about, at, **owners)
        for at in told.days(170, hour=15):
            yield told.fact(
                source,
                "guide.counted",
                about,
                at,
                guides=["penggunaan", "pemeliharaan", "pengembangan"],
                published_material=3,
            )
            yield told.fact(source, "material.reviewed", about, at, actor=told.it[9])
        for at in told.months(day=4, hour=15):
            month = at.astimezone(HOME).date().isoformat()
            yield told.fact(
                source,
                "service.performance_reviewed",
                about,
                at,
                actor=told.it[7],
                **{"for": month},
            )
        yield told.fact(source, "service.sample", about, told.last - timedelta(minutes=2))


def datasets(told: Told) -> Iterator[Brought]:
    source = "Backup lama"
    for place, data in enumerate(DATASETS):
        about = ("dataset", data.key)
        for population in ("datasets", "sensitive")[: 2 if data.sensitive else 1]:
            yield told.member(source, population, about, told.first + DAY)
        yield told.fact(
            source,
            "dataset.recorded",
            about,
            told.first + DAY,
            owner=told.it[6],
            **{"class": data.secrecy},
        )
        for at in told.days(30, hour=16):
            yield told.fact(
                source,
                "dataset.location_checked",
                about,
                at,
                location={"on_registered_server": True},
            )
        for at in told.days(6, hour=16):
            if data.sensitive:
                yield told.fact(
                    source, "dataset.grants_checked", about, at, grants_without_approval=0
                )
        for at in told.days(80, hour=14):
            if data.sensitive:
                yield told.fact(
                    source, "access.review_signed", about, at, actor=told.it[6], changes=1
                )
            tried = at - (26 if place == 3 else 1) * DAY
            if place != 3 or tried < told.last - 90 * DAY:  # the store's data: never tried since
                yield told.fact(
                    source,
                    "backup.restore_tested_ok",
                    about,
                    tried,
                    seconds=340,
                    bytes=2_400_000_000,
                )
        for at in told.days(hour=1):
            local = at.astimezone(HOME).date()
            levels = (
                ["daily"] + ["weekly"] * (local.weekday() == 6) + ["monthly"] * (local.day == 1)
            )
            for level in levels:
                yield told.fact(
                    source,
                    "backup.run_ok",
                    about,
                    at,
                    level=level,
                    bytes=2_400_000_000,
                    **{"for": (local).isoformat()},
                )
            if (told.last - at).days % 2 == 0 and at > told.last - COPIED_FOR:
                yield told.fact(
                    source,
                    "backup.copy_listed",
                    about,
                    at + timedelta(hours=1),
                    newest_copy_elsewhere_at=at.isoformat(),
                    copy_host="nas-makassar",
                    primary_host="sv-pst-001",
                    copy_site="makassar",
                    primary_site="jakarta",
                    copy_encrypted=True,
                )


def changes(told: Told) -> Iterator[Brought]:
    source = "Perubahan lama"
    developer, expert, owner = told.it[7], told.it[8], told.people[12]
    for number, at in enumerate(told.days(12, hour=15), 1):
        about = ("change", f"PRB-{400 - number}")
        artifact = f"{number:04x}c0de"
        if number % 3 == 0:
            yield told.member(source, "new_features", about, at - 9 * DAY)
        yield told.fact(source, "requirement.recorded", about, at - 9 * DAY, actor=owner)
        yield told.fact(source, "requirement.accepted", about, at - 8 * DAY, actor=owner)
        yield told.fact(source, "acceptance.signed", about, at - DAY, actor=owner)
        yield told.fact(source, "test.passed", about, at - DAY, artifact=artifact)
        yield told.fact(source, "change.approved", about, at - timedelta(hours=3), actor=expert)
        yield told.fact(
            source,
            "change.released",
            about,
            at,
            actor=developer,
            artifact=artifact,
            author=developer,
            accepters=[owner],
        )
    lost = ("incident", "INS-02 berkas terhapus")
    yield told.fact(source, "incident.data_loss_unresolved", lost, told.last - 130 * DAY, "open")
    yield told.fact(source, "incident.data_loss_unresolved", lost, told.last - 129 * DAY, "closed")
    about = ("change", "PRB-410")
    urgent = told.clock((told.last - 20 * DAY).astimezone(HOME).date(), 10)
    yield told.fact(source, "change.released_as_emergency", about, urgent, actor=developer)
    yield told.fact(source, "change.post_review_signed", about, urgent + DAY, actor=expert)
    for number in range(6):
        about, found = ("defect", f"CACAT-{number + 1}"), told.last - (80 - 12 * number) * DAY
        yield told.fact(source, "defect.confirmed", about, found)
        yield told.fact(source, "defect.fixed", about, found + 9 * DAY, actor=developer)
