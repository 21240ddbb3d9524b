"""Stored files: by their content, in the data folder, where every backup finds them."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils.translation import gettext as _

from tertib.lib.errors import Refused

LARGEST = 10 * 2**20
MOST = 20  # of one item
# Ending: media type, and how such a file begins (b"": any way).
KINDS = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "webp": ("image/webp", b"RIFF"),
    "txt": ("text/plain", b""),
    "log": ("text/plain", b""),
    "csv": ("text/csv", b""),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK"),
    "zip": ("application/zip", b"PK"),
}


def kind_of(name: str, head: bytes) -> str:
    """Return the media type. Raise Refused for a kind that is not kept, or only says it is one."""
    ending = name.rpartition(".")[2].lower()
    if ending not in KINDS:
        raise Refused(
            _("Files of this kind are not kept. Kept are: %(kinds)s.")
            % {"kinds": ", ".join(sorted(KINDS))}
        )
    kind, begin = KINDS[ending]
    if not head.startswith(begin):
        raise Refused(_("%(name)s is no %(kind)s file.") % {"name": name, "kind": ending.upper()})
    return kind


def place(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def store(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write the content under its SHA-256 and return that and its size.

    Before the row that names it: what a kill leaves without a row does no harm.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = sha256(), 0
    with NamedTemporaryFile(dir=root, prefix=".", suffix=".part", delete=False) as draft:
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise Refused(
                        _("A file may have at most %(most)s MB.") % {"most": LARGEST // 2**20}
                    )
                digest.update(chunk)
                draft.write(chunk)
            draft.flush()
            os.fsync(draft.fileno())
        except BaseException:
            Path(draft.name).unlink()
            raise
    target = place(digest.hexdigest())
    target.parent.mkdir(exist_ok=True, mode=0o700)
    Path(draft.name).chmod(0o600)
    Path(draft.name).replace(target)
    return digest.hexdigest(), size
