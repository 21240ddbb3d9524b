"""Search filters as people write them (RFC 4515), as a server reads them."""

import re

from tertib.people.ldap import ber

AND, OR, NOT = 0xA0, 0xA1, 0xA2
EQUAL, SUBSTRINGS, AT_LEAST, AT_MOST, PRESENT, ABOUT, RULE = (
    0xA3,
    0xA4,
    0xA5,
    0xA6,
    0x87,
    0xA8,
    0xA9,
)
DEEPEST = 20
ITEM = re.compile(r"([A-Za-z0-9;.:-]+?)(>=|<=|~=|:=|=)(.*)", re.DOTALL)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*(;[A-Za-z0-9-]+)*|\d+(\.\d+)+")


class Wrong(ValueError):
    """This is no filter."""


def encode(written: str) -> bytes:
    """Raise Wrong."""
    found, end = _filter(written.strip(), 0, 0)
    if end != len(written.strip()):
        raise Wrong(written[end:])
    return found


def is_name(attribute: str) -> bool:
    return NAME.fullmatch(attribute) is not None


def _filter(written: str, at: int, depth: int) -> tuple[bytes, int]:
    if depth > DEEPEST or written[at : at + 1] != "(":
        raise Wrong(written[at:])
    at += 1
    mark = written[at : at + 1]
    if mark in ("&", "|", "!"):
        parts, at = [], at + 1
        while written[at : at + 1] == "(":
            part, at = _filter(written, at, depth + 1)
            parts.append(part)
        if written[at : at + 1] != ")" or not parts or (mark == "!" and len(parts) > 1):
            raise Wrong(written[at:])
        return ber.tlv({"&": AND, "|": OR, "!": NOT}[mark], *parts), at + 1
    end = written.find(")", at)
    if end < 0:
        raise Wrong(written[at:])
    return _item(written[at:end]), end + 1


def _item(written: str) -> bytes:
    found = ITEM.fullmatch(written)
    if found is None or "(" in written:
        raise Wrong(written)
    name, sign, said = found.groups()
    if sign == ":=":
        return _rule(name, said)
    if not is_name(name):
        raise Wrong(written)
    if sign == "=" and said == "*":
        return ber.text(name, PRESENT)
    if sign == "=" and "*" in said:
        first, *middle, last = said.split("*")
        parts = [ber.tlv(0x80, _plain(first))] if first else []
        parts += [ber.tlv(0x81, _plain(part)) for part in middle if part]
        parts += [ber.tlv(0x82, _plain(last))] if last else []
        if not parts:
            raise Wrong(written)
        return ber.tlv(SUBSTRINGS, ber.text(name), ber.tlv(ber.SEQUENCE, *parts))
    tag = {"=": EQUAL, ">=": AT_LEAST, "<=": AT_MOST, "~=": ABOUT}[sign]
    return ber.tlv(tag, ber.text(name), ber.tlv(ber.OCTETS, _plain(said)))


def _rule(name: str, said: str) -> bytes:
    """Read name:rule:=value, as Active Directory asks for single bits."""
    attribute, *more = name.split(":")
    names = [one for one in (attribute, *more) if one != "dn"]
    if len(more) > 2 or not all(is_name(one) for one in names):
        raise Wrong(name)
    rule = next((one for one in more if one != "dn"), "")
    parts = [ber.text(rule, 0x81)] if rule else []
    parts += [ber.text(attribute, 0x82), ber.tlv(0x83, _plain(said))]
    parts += [ber.tlv(0x84, b"\xff")] if "dn" in more else []
    return ber.tlv(RULE, *parts)


def _plain(said: str) -> bytes:
    r"""Undo \2a and the like."""
    parts = re.split(r"\\([0-9A-Fa-f]{2})", said)
    if any("\\" in part for part in parts[::2]):
        raise Wrong(said)
    return b"".join(
        bytes([int(part, 16)]) if odd else part.encode()
        for part, odd in zip(parts, [False, True] * len(parts), strict=False)
    )
