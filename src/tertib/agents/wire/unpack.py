"""From the bytes on the wire to those of the document. Labels are not trusted: the bytes say."""

import zlib
from collections.abc import Iterable

from tertib.agents.wire import bounds
from tertib.agents.wire.errors import BadReport

_GZIP = 16 + zlib.MAX_WBITS


def unpack(chunks: Iterable[bytes]) -> bytes:
    """Return the document that the chunks hold, whatever it is packed in. Raise BadReport.

    Never holds more than the bounds allow, however much comes in or would come out.
    """
    packed = 0
    out = bytearray()
    start = b""  # the first two bytes say what it is
    inflate: zlib._Decompress | None = None
    for chunk in chunks:
        packed += len(chunk)
        if len(start) < 2:
            start += chunk
            if len(start) < 2:
                continue
            chunk = start
            inflate = _inflater(start)
        most = bounds.PACKED if inflate else bounds.UNPACKED
        if packed > most:
            raise BadReport(f"more than {most:,} bytes", "body", status=413)
        if inflate is None:
            out += chunk
        else:
            _inflate(inflate, chunk, out, packed)
    if len(start) < 2:
        raise BadReport("it is empty", "body")
    if inflate and not inflate.eof:
        raise BadReport(f"the compressed data ends too early, after {packed:,} bytes", "body")
    return bytes(out)


def _inflater(start: bytes) -> "zlib._Decompress | None":
    if start[:2] == b"\x1f\x8b":
        return zlib.decompressobj(_GZIP)
    if start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0:  # RFC 1950's own check
        return zlib.decompressobj()
    return None


def _inflate(inflate: "zlib._Decompress", chunk: bytes, out: bytearray, packed: int) -> None:
    if inflate.eof:
        raise BadReport("something follows the compressed data", "body")
    try:
        while chunk:
            out += inflate.decompress(chunk, 2**18)
            if len(out) > bounds.UNPACKED:
                raise BadReport(
                    f"unpacks to more than {bounds.UNPACKED:,} bytes", "body", status=413
                )
            if len(out) > bounds.FREE and len(out) > packed * bounds.RATIO:
                raise BadReport(
                    f"unpacks to more than {bounds.RATIO} times its size", "body", status=413
                )
            chunk = inflate.unconsumed_tail
    except zlib.error as error:
        raise BadReport("the compressed data is damaged", "body") from error
    if inflate.unused_data:
        raise BadReport("something follows the compressed data", "body")
