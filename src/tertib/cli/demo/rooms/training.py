"""4.6, and management's reports."""

from collections.abc import Iterator
from datetime import timedelta

from tertib.cli.demo.told import DAY, HOME, REPORTS_SINCE, Brought, Told


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
        if at > told.last - REPORTS_SINCE:
            break
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
        ago = 352 - place % 20 if place % 31 == 7 else 200 + place % 120  # some fall due soon
        at = told.last - ago * DAY
        yield told.fact(
            source, "training.passed", about, at, topics=["penggunaan_sistem", "keamanan_ti"]
        )
        for weeks in range(2, 52, 13):
            sent = told.clock((told.last - weeks * 7 * DAY).astimezone(HOME).date(), 10)
            yield told.fact(
                source,
                "campaign.delivered",
                about,
                sent,
                topics=["jangan_bagikan_password", "keamanan_data"],
            )
            if place % 40 != 11 or sent < told.last - 90 * DAY:  # some have not read the last one
                yield told.fact(
                    source,
                    "campaign.read",
                    about,
                    sent + timedelta(hours=2),
                    topics=["keamanan_data"],
                )
