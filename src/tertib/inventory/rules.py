"""Which machine a report is about. Names and addresses are weak, hardware's own numbers strong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What makers leave in the firmware instead of a number; compared without spaces and dots.
_NO_SERIAL = re.compile(
    r"(?:to ?be ?filled.*|not ?(?:specified|applicable|available|provided|present|found|set)|"
    r"n/?a|none|null|unknown.*|default.*|system ?serial.*|chassis ?serial.*|base ?board ?serial.*|"
    r"serial ?(?:number|no)?|oem|o ?e ?m|empty|invalid|undefined|no ?serial.*|asset ?tag|"
    r"sernum\d*|x{2,}|\*+|-+|_+|#+|[.]*|test|abcdef\w*|0*123456789?0?\w{0,4}|(.)\1*|"
    r"ff{3,}|vmware[- ]?$|vmware[- ]virtual[- ]platform|virtualbox-?0*|qemu|standard ?pc.*|"
    r"eval(?:uation)?|mb-?1234567890|not ?available)",
    re.IGNORECASE,
)
_NO_UUID = frozenset(
    {
        "03000200040005000006000700080009",
        "00020003000400050006000700080009",
        "12345678123456781234567812345678",
        "123456781234567890abcddeefaabbcc",
        "fefefefefefefefefefefefefefefefe",
        "00000000000000000000ac1f6b000000",
    }
)
_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX12 = re.compile(r"[0-9a-f]{12}")
_NO_MAC = frozenset(
    {
        "005345000000",  # a RAS adapter
        "33506f453030",  # PPP over Ethernet of Windows
        "505054503030",  # PPTP of Windows
        "204153594eff",  # asynchronous RAS adapters of Windows
        "005056c00001",
        "005056c00008",
        "020054554e01",  # tunnels
        "00ff00000000",
        "444553540000",
        "001986002cc6",
        "80000000000e",
    }
)
_NO_MAC_STARTS = ("000000", "005056c0", "0a0027", "0242", "00e04c53", "feffff", "ffff")
_VIRTUAL = re.compile(
    r"(?:lo|docker|veth|virbr|br-|vmnet|vboxnet|tun|tap|wg|ppp|sit|ip6tnl|zt|utun|awdl|llw|ifb|dummy)"
    r"|.*(?:loopback|virtual|vpn|miniport|bluetooth|tunnel|teredo|isatap|hyper-v|wireguard)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Keys:
    """What a report says to identify its machine; empty where it says nothing usable."""

    uuid: str = ""
    serial: str = ""
    deviceid: str = ""
    agent: str = ""
    macs: frozenset[str] = frozenset()

    def pairs(self) -> set[tuple[str, str]]:
        """Return (kind, value) of each, as they are stored."""
        told = {("uuid", self.uuid), ("serial", self.serial)}
        told |= {("deviceid", self.deviceid), ("agent", self.agent)}
        return {pair for pair in told if pair[1]} | {("mac", mac) for mac in self.macs}


@dataclass(frozen=True)
class Known:
    """What identifies an asset so far. Several of a kind: it was told that they are one."""

    asset: int
    uuids: frozenset[str] = frozenset()
    serials: frozenset[str] = frozenset()
    deviceids: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    past_deviceids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """asset: the one it is. None: a new one, and for each of `asks` a person says if it is it."""

    asset: int | None
    asks: Mapping[int, str] = field(default_factory=dict)  # asset: why


class Reason:
    UUID = "uuid"  # the same serial, another hardware UUID
    SERIAL = "serial"  # the same hardware UUID, another serial
    RETURNED = "returned"  # two installations take turns on the same hardware numbers
    NETWORK = "network"  # another installation with other network cards
    SEVERAL = "several"  # it fits more than one


def decide(told: Keys, known: Sequence[Known], *, networks: bool) -> Verdict:
    """Find the asset: (uuid and serial), else uuid, else serial, else installation and network.

    networks False: the report has no such section (a partial one), so it is the installation's.
    """
    levels = (
        [one for one in known if told.uuid in one.uuids and told.serial in one.serials],
        [one for one in known if told.uuid in one.uuids],
        [one for one in known if told.serial in one.serials],
        [one for one in known if _same_installation(told, one, networks=networks)],
    )
    found = next((level for level in levels if level), [])
    against = {one.asset: _contradiction(told, one) for one in found}
    fits = [one for one in found if not against[one.asset]]
    closest: tuple[Callable[[Known], bool], ...] = (
        lambda one: told.deviceid in one.deviceids and _same_agent(told, one),
        lambda one: told.deviceid in one.deviceids,
        lambda one: bool(told.macs & one.macs),
    )
    for closer in closest:
        if len(fits) > 1 and any(map(closer, fits)):
            fits = [one for one in fits if closer(one)]
    if len(fits) == 1:
        return Verdict(fits[0].asset)
    if fits:
        return Verdict(None, {one.asset: Reason.SEVERAL for one in fits})
    return Verdict(None, {asset: why for asset, why in against.items() if why})


def _same_installation(told: Keys, one: Known, *, networks: bool) -> bool:
    if told.deviceid in one.deviceids:
        if not networks:
            return _same_agent(told, one)
        if not one.macs and not told.macs:
            return _same_agent(told, one)
    elif not told.agent or told.agent not in one.agents:
        return False
    return bool(told.macs & one.macs) or (networks and not one.macs)


def _same_agent(told: Keys, one: Known) -> bool:
    return not told.agent or not one.agents or told.agent in one.agents


def _contradiction(told: Keys, one: Known) -> str:
    """Return why it may not be this one although something strong says so; empty if nothing."""
    if told.uuid and one.uuids and told.uuid not in one.uuids:
        return Reason.UUID
    if told.serial and one.serials and told.serial not in one.serials:
        return Reason.SERIAL
    if told.deviceid in one.deviceids:
        return ""
    if told.deviceid in one.past_deviceids:
        return Reason.RETURNED
    if told.macs and one.macs and not told.macs & one.macs:
        return Reason.NETWORK
    return ""


def uuid(told: object) -> str:
    """Return a hardware UUID in one spelling for both byte orders in which it is reported."""
    plain = re.sub(r"[^0-9a-f]", "", str(told or "").lower())
    if not _HEX32.fullmatch(plain) or len(set(plain)) < 3:
        return ""
    first = plain[6:8] + plain[4:6] + plain[2:4] + plain[0:2]
    swapped = first + plain[10:12] + plain[8:10] + plain[14:16] + plain[12:14] + plain[16:]
    return "" if {plain, swapped} & _NO_UUID else min(plain, swapped)


def serial(told: object) -> str:
    """Return the maker's number, or empty if it is one of the phrases that stand for none."""
    plain = " ".join(str(told or "").replace("\0", "").split())[:100]
    bare = plain.replace(".", "").strip()
    if len(bare) < 3 or _NO_SERIAL.fullmatch(bare):
        return ""
    return plain.upper()


def mac(told: object) -> str:
    """Return the address of a network card in one spelling; empty if many machines share it."""
    plain = re.sub(r"[^0-9a-f]", "", str(told or "").lower())
    if not _HEX12.fullmatch(plain) or plain in _NO_MAC or plain.startswith(_NO_MAC_STARTS):
        return ""
    return "" if int(plain[1], 16) & 1 else plain  # the multicast bit: no card has it


def macs(networks: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the addresses of the physical cards."""
    physical = (
        mac(card.get("mac"))
        for card in networks
        if card.get("virtualdev") not in (True, 1, "1")
        and not _VIRTUAL.match(str(card.get("description") or ""))
        and card.get("type") != "loopback"
    )
    return frozenset(address for address in physical if address)


def keys(
    *,
    hardware: Mapping[str, Any],
    bios: Mapping[str, Any],
    networks: Sequence[Mapping[str, Any]],
    deviceid: str,
    agent: str,
) -> Keys:
    return Keys(
        uuid=uuid(hardware.get("uuid")),
        serial=serial(bios.get("ssn")),
        deviceid=deviceid.strip()[:200],
        agent=agent.strip().lower()[:64],
        macs=macs(networks),
    )
