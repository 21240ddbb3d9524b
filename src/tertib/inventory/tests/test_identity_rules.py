"""Which machine a report is about: examples and properties of the rule alone."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.inventory.hardware import made
from tertib.inventory.rules import Keys, Known, Reason, Verdict, decide, mac, macs, serial, uuid

UUID_A = uuid("4c4c4544-0042-3510-8053-b7c04f4e3732")
UUID_B = uuid("aa112233-4455-6677-8899-001122334455")
A = Known(
    asset=1,
    uuids=frozenset({UUID_A}),
    serials=frozenset({"SN-A"}),
    deviceids=frozenset({"pc-a-2026"}),
    agents=frozenset({"agent-a"}),
    macs=frozenset({"3c5282000001"}),
)


def told(**keys: object) -> Keys:
    same = {
        "uuid": UUID_A,
        "serial": "SN-A",
        "deviceid": "pc-a-2026",
        "agent": "agent-a",
        "macs": frozenset({"3c5282000001"}),
    }
    return Keys(**{**same, **keys})  # type: ignore[arg-type]


OTHER_CARD = frozenset({"3c5282000002"})
NEW = Verdict(None)
SAME = Verdict(1)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (told(), SAME),
        (told(macs=OTHER_CARD), SAME),  # another network card
        (told(deviceid="pc-a-2027", agent="agent-new"), SAME),  # installed anew
        (told(serial=""), SAME),
        (told(uuid=""), SAME),
        (told(uuid="", serial=""), SAME),  # the same installation, on the same network card
        (told(uuid="", serial="", macs=OTHER_CARD), NEW),  # a disk image on another machine
        (told(uuid="", serial="", deviceid="pc-b"), SAME),  # renamed: same agent, same card
        (told(uuid="", serial="", deviceid="pc-b", agent="b"), NEW),  # a card handed on
        (told(uuid=UUID_B, serial="SN-B", macs=OTHER_CARD), NEW),  # an image of the disk
        (told(uuid=UUID_B), Verdict(None, {1: Reason.UUID})),
        (told(serial="SN-B"), Verdict(None, {1: Reason.SERIAL})),
        (told(uuid=UUID_B, serial="SN-B"), Verdict(None, {1: Reason.UUID})),  # same card and image
        (
            told(deviceid="pc-b", agent="b", macs=OTHER_CARD),
            Verdict(None, {1: Reason.NETWORK}),  # clones with one serial
        ),
    ],
)
def test_a_report_is_told_apart_or_asked_about(report: Keys, verdict: Verdict) -> None:
    assert decide(report, [A], networks=True) == verdict


def test_two_installations_that_take_turns_are_two_machines_until_a_person_says() -> None:
    known = Known(
        asset=1,
        serials=frozenset({"SN-A"}),
        deviceids=frozenset({"pc-b"}),
        past_deviceids=frozenset({"pc-a-2026"}),
    )
    report = told(uuid="", agent="", macs=frozenset())
    assert decide(report, [known], networks=True) == Verdict(None, {1: Reason.RETURNED})


def test_of_two_that_fit_the_installation_decides_and_else_a_person() -> None:
    b = Known(
        asset=2,
        uuids=A.uuids,
        serials=A.serials,
        deviceids=frozenset({"pc-b"}),
        agents=frozenset({"agent-b"}),
    )
    assert decide(told(), [A, b], networks=True) == SAME
    assert decide(told(deviceid="pc-b", agent="agent-b"), [A, b], networks=True) == Verdict(2)
    third = told(deviceid="pc-c", agent="agent-c", macs=frozenset())
    several = {1: Reason.SEVERAL, 2: Reason.SEVERAL}
    assert decide(third, [A, b], networks=True) == Verdict(None, several)


def test_a_report_without_networks_is_its_installations() -> None:
    weak = {"uuid": "", "serial": "", "macs": frozenset()}
    assert decide(told(**weak), [A], networks=False) == SAME
    assert decide(told(**weak, agent=""), [A], networks=False) == SAME
    assert decide(told(**weak, agent="agent-b"), [A], networks=False) == NEW
    assert decide(told(**weak, deviceid="pc-b"), [A], networks=False) == NEW


@pytest.mark.parametrize(
    "phrase",
    [
        "To Be Filled By O.E.M.", "to be filled by OEM", "Not Specified", "Not Available", "None",
        "Default string", "System Serial Number", "Chassis Serial Number", "0", "00000000", "xxxx",
        "........", "123456789", "0123456789", "N/A", "Unknown", "INVALID", "  ", "-", "ab",
    ],
)  # fmt: skip
def test_a_phrase_of_the_firmware_is_no_serial(phrase: str) -> None:
    assert serial(phrase) == ""


@pytest.mark.parametrize(
    ("maker", "model", "said"),
    [
        ("LENOVO", "ThinkPad T14", "Lenovo ThinkPad T14"),
        ("Dell Inc.", "OptiPlex 7010", "Dell OptiPlex 7010"),
        ("ASUSTeK COMPUTER INC.", "ExpertBook B1402", "ASUS ExpertBook B1402"),
        ("Micro-Star International Co., Ltd.", "PRO DP21", "MSI PRO DP21"),
        ("HP", "HP EliteBook 840 G8", "HP EliteBook 840 G8"),
        ("Incus", "Compact 3", "Incus Compact 3"),
        ("", "X1", "X1"),
    ],
)
def test_a_machine_is_called_as_people_call_it(maker: str, model: str, said: str) -> None:
    assert made(maker, model) == said


@pytest.mark.parametrize("number", ["PF3X9K2L", "5CG1234ABC", "VMware-56 4d 1a 2b", "C02XK0ABCDEF"])
def test_a_makers_number_is_a_serial(number: str) -> None:
    assert serial(f" {number.lower()} ") == number.upper()


@pytest.mark.parametrize(
    "value",
    [
        "03000200-0400-0500-0006-000700080009", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "00000000-0000-0000-0000-000000000000", "not a uuid", "", None,
        "00020003-0004-0005-0006-000700080009", "12345678-1234-5678-90AB-CDDEEFAABBCC",
    ],
)  # fmt: skip
def test_a_uuid_that_many_boards_carry_is_none(value: object) -> None:
    assert uuid(value) == ""


@pytest.mark.parametrize(
    "value",
    ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:50:56:C0:00:08", "0a:00:27:00:00:00",
     "33:50:6f:45:30:30", "02:42:ac:11:00:02", "01:00:5e:00:00:fb", "", None, "not"],
)  # fmt: skip
def test_an_address_that_many_machines_carry_is_none(value: object) -> None:
    assert mac(value) == ""


def test_only_physical_cards_count() -> None:
    cards: list[dict[str, object]] = [
        {"description": "eth0", "mac": "3C-52-82-00-00-01", "virtualdev": False},
        {"description": "docker0", "mac": "3c:52:82:00:00:02"},
        {"description": "wlan0", "mac": "3c:52:82:00:00:03", "virtualdev": True},
        {"description": "Cisco AnyConnect VPN Adapter", "mac": "3c:52:82:00:00:04"},
        {"description": "lo", "mac": "00:00:00:00:00:00", "type": "loopback"},
    ]
    assert macs(cards) == {"3c5282000001"}


HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
WORD = st.text(string.ascii_uppercase + string.digits, min_size=0, max_size=2)
KEYS = st.builds(
    Keys,
    uuid=st.sampled_from(["", UUID_A, UUID_B]),
    serial=st.sampled_from(["", "SN-A", "SN-B"]),
    deviceid=st.sampled_from(["a", "b", "c"]),
    agent=st.sampled_from(["", "x", "y"]),
    macs=st.frozensets(st.sampled_from(["m1", "m2", "m3"]), max_size=2),
)
SOME = st.frozensets


def known(asset: int) -> st.SearchStrategy[Known]:
    return st.builds(
        Known,
        asset=st.just(asset),
        uuids=SOME(st.sampled_from([UUID_A, UUID_B]), max_size=2),
        serials=SOME(st.sampled_from(["SN-A", "SN-B"]), max_size=2),
        deviceids=SOME(st.sampled_from(["a", "b", "c"]), max_size=2),
        agents=SOME(st.sampled_from(["x", "y"]), max_size=2),
        macs=SOME(st.sampled_from(["m1", "m2", "m3"]), max_size=2),
    )


SEVERAL = st.tuples(known(1), known(2), known(3))


@given(HEX)
def test_both_byte_orders_are_one_uuid(plain: str) -> None:
    swapped = "".join(plain[i : i + 2] for i in (6, 4, 2, 0, 10, 8, 14, 12, *range(16, 32, 2)))
    assert uuid(plain) == uuid(swapped) == uuid(plain.upper())


@given(KEYS, SEVERAL, st.booleans(), st.permutations([0, 1, 2]))
def test_the_order_in_which_assets_are_looked_at_does_not_matter(
    report: Keys, assets: tuple[Known, ...], networks: bool, order: list[int]
) -> None:
    shuffled = [assets[place] for place in order]
    assert decide(report, assets, networks=networks) == decide(report, shuffled, networks=networks)


@given(KEYS, SEVERAL, st.booleans())
def test_never_a_machine_that_a_strong_number_speaks_against(
    report: Keys, assets: tuple[Known, ...], networks: bool
) -> None:
    verdict = decide(report, assets, networks=networks)
    for one in assets:
        if one.asset == verdict.asset:
            assert not report.uuid or not one.uuids or report.uuid in one.uuids
            assert not report.serial or not one.serials or report.serial in one.serials
    assert verdict.asset is None or not verdict.asks


@given(KEYS, SEVERAL)
def test_a_machine_that_shares_nothing_is_never_asked_about(
    report: Keys, assets: tuple[Known, ...]
) -> None:
    for asset in decide(report, assets, networks=True).asks:
        one = assets[asset - 1]
        shared = report.pairs() & {
            *(("uuid", value) for value in one.uuids),
            *(("serial", value) for value in one.serials),
            *(("mac", value) for value in one.macs),
        }
        assert shared or not one.macs
