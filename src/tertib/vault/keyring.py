"""The keys of an installation: a file beside the database and in no backup (decision 17).

It holds roots, the newest first; every key in use is derived from one of them. No Django here: the
settings read it.
"""

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tertib.vault.words import from_words, to_words

FORMAT = "tertib-keyring/1"
KEPT = 2  # the root in use and the one before it, whose signatures still count


class BadKeyring(Exception):
    """The keyring file is missing, not ours, or readable by others. The message says which."""


@dataclass(frozen=True)
class Root:
    secret: bytes

    @property
    def id(self) -> str:
        return sha256(b"tertib key id" + self.secret).hexdigest()[:12]

    def key(self, purpose: str) -> bytes:
        """Return the 32 bytes for one purpose; nothing of another can be told from them."""
        derive = HKDF(algorithm=SHA256(), length=32, salt=b"tertib", info=purpose.encode())
        return derive.derive(self.secret)


def create(path: Path) -> list[str]:
    """Make a keyring that is not there yet and return its recovery words: shown this once."""
    root = Root(token_bytes(32))
    _write(path, [root], new=True)
    return to_words(root.secret)


def restore(path: Path, words: str) -> Root:
    """Put the root that was written down back into the keyring, making the file if need be.

    A root that is there already, stays as it is. Raise WrongWords.
    """
    root = Root(from_words(words))
    roots = read(path) if path.exists() else ()
    if root not in roots:
        _write(path, [*roots, root] if roots else [root], new=not roots)
    return root


def add_root(path: Path, *, needed: frozenset[str]) -> list[str]:
    """Put a new root in front; older ones stay while they are needed. Return its words."""
    root = Root(token_bytes(32))
    kept = [old for place, old in enumerate(read(path)) if place < KEPT - 1 or old.id in needed]
    _write(path, [root, *kept])
    return to_words(root.secret)


def read(path: Path) -> tuple[Root, ...]:
    """Return the roots, newest first. Raise BadKeyring."""
    try:
        about = path.stat()
    except OSError as error:
        raise BadKeyring(f"The keyring {path} cannot be read: {error.strerror}.") from error
    if about.st_mode & 0o077:
        raise BadKeyring(f"Others can read the keyring {path}. Mend it: chmod 600 {path}")
    return _read(path, about.st_mtime_ns, about.st_ino)


def derive(path: Path, purpose: str) -> str:
    """Return the newest root's key for a purpose, as text."""
    return read(path)[0].key(purpose).hex()


def fallbacks(path: Path, purpose: str) -> list[str]:
    """Return the older roots' keys for a purpose: what they signed still counts."""
    return [root.key(purpose).hex() for root in read(path)[1:]]


@lru_cache(maxsize=8)
def _read(path: Path, _changed_at: int, _inode: int) -> tuple[Root, ...]:
    try:
        file = json.loads(path.read_bytes())
        if file["format"] != FORMAT:
            raise BadKeyring(f"{path} is no keyring of this version.")
        roots = tuple(Root(b64decode(secret, validate=True)) for secret in file["roots"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadKeyring(f"The keyring {path} is damaged.") from error
    if not roots or any(len(root.secret) != 32 for root in roots):
        raise BadKeyring(f"The keyring {path} is damaged.")
    return roots


def _write(path: Path, roots: list[Root], *, new: bool = False) -> None:
    """Replace the file in one step, on the disk before it counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format": FORMAT, "roots": [b64encode(r.secret).decode() for r in roots]})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(draft, path)  # refuses to replace a keyring that somebody else just made
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
