"""The encoding of LDAP (BER as RFC 4511 5.1 narrows it): definite lengths, tags of one byte."""

from collections.abc import Iterator

BOOLEAN, INTEGER, OCTETS, ENUM, SEQUENCE, SET = 0x01, 0x02, 0x04, 0x0A, 0x30, 0x31


class Malformed(ValueError):
    """These bytes are no such encoding."""


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def number(value: int, tag: int = INTEGER) -> bytes:
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def text(value: str, tag: int = OCTETS) -> bytes:
    return tlv(tag, value.encode())


def boolean(value: bool) -> bytes:
    return tlv(BOOLEAN, b"\xff" if value else b"\0")


def head(data: bytes) -> tuple[int, int] | None:
    """Return how long the head of the first element is, and its content. None: not all there."""
    if len(data) < 2:
        return None
    first = data[1]
    if first < 0x80:
        return 2, first
    more = first & 0x7F
    if not 1 <= more <= 4:
        raise Malformed("length")
    if len(data) < 2 + more:
        return None
    return 2 + more, int.from_bytes(data[2 : 2 + more])


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tag and the content of each element. Raise Malformed."""
    at = 0
    while at < len(data):
        found = head(data[at : at + 6])
        if found is None or at + sum(found) > len(data):
            raise Malformed("cut off")
        start, size = found
        yield data[at], data[at + start : at + start + size]
        at += start + size


def take(rest: Iterator[tuple[int, bytes]], *tags: int) -> bytes:
    """Return the content of the next element, which has one of these tags. Raise Malformed."""
    tag, content = next(rest, (None, b""))
    if tag not in tags:
        raise Malformed(f"tag {tag}")
    return content


def value(content: bytes) -> int:
    if not 1 <= len(content) <= 8:
        raise Malformed("number")
    return int.from_bytes(content, signed=True)
