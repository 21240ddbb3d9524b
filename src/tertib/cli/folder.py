"""The data folder of one installation: made, checked and claimed before anything else happens."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tertib.lib.errors import Refused
from tertib.vault import keyring


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold the folder as its only running Tertib; make what it lacks.

    The kernel gives the claim back when this process ends, however it ends. Raise Refused where
    the folder can't be used or another Tertib holds it.
    """
    try:
        for folder in (data, settings.LOGS, settings.BACKUPS, Path(settings.MEDIA_ROOT)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        claim = (data / "running").open("a+")
    except OSError as error:
        raise Refused(
            _("Can't write to the data folder %(folder)s: %(reason)s. Name another with --data.")
            % {"folder": data, "reason": error.strerror}
        ) from error
    with claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.seek(0)
            raise Refused(
                _("Tertib runs on %(folder)s already (process %(pid)s).")
                % {"folder": data, "pid": claim.read().strip() or "?"}
            ) from None
        claim.truncate(0)
        claim.write(str(os.getpid()))
        claim.flush()
        os.register_at_fork(after_in_child=claim.close)  # a child does not hold the folder
        yield


def recovery_words(data: Path) -> list[str]:
    """Make the keyring of a new folder and return the words that bring it back; else none."""
    if not settings.KEYRING.exists():
        words = keyring.create(settings.KEYRING)
        settings.SECRET_KEY = keyring.derive(
            settings.KEYRING, "django"
        )  # read before there was one
        return words
    try:
        keyring.read(settings.KEYRING)  # a damaged one is told now, not on the first page
    except keyring.BadKeyring as error:
        raise Refused(str(error)) from error
    return []
