from datetime import date

import pytest

from tertib.inventory.lifecycle import supported, supported_until

NOVEMBER = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("Debian GNU/Linux 12 (bookworm)", "12.11", True),
        ("Debian GNU/Linux 11 (bullseye)", "11.9", False),
        ("Debian GNU/Linux 13 (trixie)", "", True),
        ("Debian GNU/Linux", "12.11", True),
        ("Debian GNU/Linux forky/sid", "", None),
        ("Ubuntu 24.04.1 LTS", "24.04", True),
        ("Ubuntu 20.04.6 LTS", "20.04", False),
        ("Ubuntu 99.04", "", None),
        ("Microsoft Windows 11 Pro", "10.0.22631", False),
        ("Microsoft Windows 11 Enterprise", "10.0.26100", True),
        ("Microsoft Windows 11 Pro", "10.0.26200", True),
        ("Microsoft Windows 11 Pro", "25H2", True),
        ("Microsoft Windows 10 Pro", "10.0.19045", False),
        ("Microsoft Windows 10 Enterprise LTSC 2021", "10.0.19044", True),
        ("Microsoft Windows 11 Pro", "", None),
        ("Microsoft Windows 7 Professional", "6.1.7601", False),
        ("Microsoft Windows Server 2019 Standard", "10.0.17763", True),
        ("Microsoft Windows Server 2012 R2", "6.3.9600", False),
        ("macOS 15.1", "24B83", None),
        ("", "", None),
    ],
)
def test_support_is_what_the_maker_announced_and_else_unknown(
    name: str, version: str, expected: bool | None
) -> None:
    assert supported(name, version, NOVEMBER) is expected


def test_the_last_day_still_counts() -> None:
    last = date(2028, 6, 30)
    assert supported_until("Debian GNU/Linux 12", "") == last
    assert supported("Debian GNU/Linux 12", "", last)
    assert not supported("Debian GNU/Linux 12", "", date(2028, 7, 1))
