"""4.6, and management's reports."""

from collections.abc import Iterator
from datetime import timedelta

from tertib.cli.demo.told import DAY, HOME, Brought, Told


def training(told: Told) -> Iterator[Brought]:
    source = "Pelatihan lama"
    for at in told.days(45, hour=9):
        yield told.fact(
            source,
            "training.session_held",
            ("org", "org"),
            at,
            topics=["penggunaan_sistem", "keamanan_ti"],
            present=24,
        )
    for at in told.months(day=5, hour=10):  # of the month before
        month = (at.astimezone(HOME).date().replace(day=1) - DAY).isoformat()
        mark = f"{told.random.getrandbits(128):032x}"
        for kind, who in (
            ("report.issued", told.it[0]),
            ("report.signed_by_management", told.manager),
        ):
            yield told.fact(
                "Arsip laporan lama",
                kind,
                ("org", "org"),
                at,
                actor=who,
                fingerprint=mark,
                **{"for": month},
            )
            at += timedelta(hours=5)
    for place, person in enumerate(told.people):
        about = ("person", person)
        if place % 31 != 7:  # some were away each time
            at = told.last - (200 + place % 120) * DAY
            yield told.fact(
                source, "training.passed", about, at, topics=["penggunaan_sistem", "keamanan_ti"]
            )
        for at in told.days(80, hour=10):
            yield told.fact(
                source,
                "campaign.delivered",
                about,
                at,
                topics=["jangan_bagikan_password", "keamanan_data"],
            )
            if place % 40 != 11:
                yield told.fact(
                    source,
                    "campaign.read",
                    about,
                    at + timedelta(hours=2),
                    topics=["keamanan_data"],
                )
