"""One request to an address that somebody from outside named: only to where that is allowed.

The name is resolved once, each address is looked at, and the connection goes to that very
address: no second answer of a name server leads inside. Redirects are not followed.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

TIMEOUT = 10.0
PIECE = 16_384  # bytes that are read at once
PORTS = {"https": 443, "http": 80}


class Forbidden(Exception):
    """The address lies where this house sends nothing to."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def may_reach(host: str, port: int, *, allowed: Sequence[str], inside: bool) -> str:
    """Resolve a name and return an address that may be reached. Raise Forbidden or OSError.

    Loopback, link-local and the like never; inside: the company's own networks may be. allowed:
    networks that are open in spite of that.
    """
    open_ = [ip_network(network) for network in allowed]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not (any(address in network for network in open_) or _harmless(address, inside)):
            raise Forbidden
    return str(addresses[0])


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[str],
    inside: bool = False,
    timeout: float = TIMEOUT,
) -> Answer:
    """Raise Forbidden, or OSError or http.client.HTTPException where the network fails."""
    return ask(
        "POST", url, headers, body=body, allowed=allowed, inside=inside, timeout=timeout, most=0
    )


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    body: bytes | None = None,
    allowed: Sequence[str],
    inside: bool,
    timeout: float,
    most: int,
) -> Answer:
    """Send a request and read `most` bytes of the answer. timeout: for each step, and for all.

    Raise Forbidden, or OSError or http.client.HTTPException where the network fails, an answer
    drips or is longer.
    """
    until = time.monotonic() + timeout
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = may_reach(host, port, allowed=allowed, inside=inside)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    plain = socket.create_connection((address, port), timeout)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if parts.scheme == "https"
            else plain
        )
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request(method, path, body, {"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        names = {name.lower(): said for name, said in answer.getheaders()}
        return Answer(answer.status, names, _read(answer, most, until) if most else b"")
    finally:
        connection.close()
        plain.close()


def _read(answer: http.client.HTTPResponse, most: int, until: float) -> bytes:
    read = bytearray()
    while piece := answer.read1(PIECE):
        read += piece
        if len(read) > most:
            raise http.client.HTTPException("longer than any answer")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(read)


def _harmless(address: IPv4Address | IPv6Address, inside: bool) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return _harmless(mapped, inside)
    if address.is_loopback or address.is_link_local or address.is_unspecified:
        return False
    if address.is_multicast or address.is_reserved:
        return False
    return address.is_global or (inside and address.is_private)
