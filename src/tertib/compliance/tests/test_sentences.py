"""What "Why?" says of one, of the company, and of many."""

import pytest
from django.utils.translation import override

from tertib.compliance.sentences import sentence
from tertib.compliance.tests.stored import law
from tertib.compliance.words import Numbers

FINE = Numbers(1, 1, reached=True)


@pytest.mark.parametrize(
    ("control", "numbers", "language", "told"),
    [
        ("mgt.report_signed", FINE, "id", "Perusahaan mengisi periode terakhir (1 bulan)."),
        ("mgt.report_signed", FINE, "en", "The company filled the last period (1 month)."),
        (
            "inv.hw.fresh",
            FINE,
            "id",
            "Satu-satunya perangkat keras punya bukti dari 6 bulan terakhir.",
        ),
        (
            "sec.firewall",
            Numbers(2, 3, lapsed=1),
            "en",
            "1 of 3 computers does not meet the conditions.",
        ),
        (
            "sec.firewall",
            Numbers(1, 3, lapsed=2),
            "en",
            "2 of 3 computers do not meet the conditions.",
        ),
        (
            "desk.first_response",
            FINE,
            "id",
            "Satu-satunya kejadian dalam 30 hari terakhir sesuai aturan.",
        ),
        ("end.dataloss", FINE, "en", "Nothing is open."),
    ],
)
def test_one_is_not_counted_and_many_are(
    control: str, numbers: Numbers, language: str, told: str
) -> None:
    sop = law()[-1].sop
    with override(language):
        assert sentence(sop.controls[control], numbers, sop)[0] == told
