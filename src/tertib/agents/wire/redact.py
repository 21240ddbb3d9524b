"""What Tertib does not want to know about people and machines. Taken out before anything is
hashed, compared or written, whatever the agent was told to leave out itself.

Sections: environment, processes, accounts of the machine, who is signed in.
Keys, in every section: command lines and arguments, accounts, owners, licence and other keys.
Texts: passwords, tokens and keys inside them (`lib.masking`).
"""

from typing import Any

import orjson

from tertib.lib.masking import mask, suspicious

SECTIONS = frozenset(
    {"envs", "environments", "processes", "local_users", "local_groups", "users", "sshkeys"}
)
KEYS = frozenset(
    {
        "args", "arguments", "cmd", "cmdline", "command", "command_line", "commandline",
        "uninstall_string", "uninstallstring", "env", "environment",
        "lastloggeduser", "datelastloggeduser", "last_logged_user", "logged_user", "owner",
        "userdomain", "userid", "username", "user", "winowner",
        "key", "fullkey", "productkey", "product_key", "winprodkey", "winprodid", "oemstring",
        "password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "apikey",
        "access_token", "credential", "credentials", "private_key", "psk", "community",
    }
)  # fmt: skip
_SORTED = orjson.OPT_SORT_KEYS
_ESCAPED_ZERO = b"\\u0000"
_BETWEEN = b"},{"  # two entries
_MOST, _LONGEST = 20_000, 500  # entries that are remembered, bytes of one
# Entries that hold nothing to mask: nearly all software of a machine is another one's, too, and to
# look for secrets in it is a third of what a report costs that says nothing new.
_clean: set[bytes] = set()


def redact(section: Any) -> tuple[Any, bytes]:
    """Return the section without what we don't want to know, and its canonical bytes."""
    clean, canonical = section, orjson.dumps(section, option=_SORTED)
    if _is_plain(section, canonical):
        to_mask = _any_suspicious(canonical.split(_BETWEEN))
    else:
        clean = _without_keys(section)
        canonical = orjson.dumps(clean, option=_SORTED)
        to_mask = suspicious(canonical.decode())
    # One look at the whole: hardly any report has something to mask.
    if to_mask or _ESCAPED_ZERO in canonical:
        clean = _masked(clean)
        canonical = orjson.dumps(clean, option=_SORTED)
    return clean, canonical


def _any_suspicious(entries: list[bytes]) -> bool:
    """Say whether there is something to mask in entries that are flat: no text has a brace."""
    fresh = [entry for entry in entries if entry not in _clean]
    if not fresh:
        return False
    if suspicious(_BETWEEN.join(fresh).decode()):
        return True
    if len(_clean) + len(fresh) > _MOST:
        _clean.clear()
    _clean.update(entry for entry in fresh[:_MOST] if len(entry) <= _LONGEST)
    return False


def _is_plain(section: Any, canonical: bytes) -> bool:
    """Say quickly whether this is a list of flat entries without a key that we drop.

    False is no more than "look closer": a bracket in a text counts as a level, too.
    """
    if not isinstance(section, list) or not all(type(entry) is dict for entry in section):
        return False
    if canonical.count(b"{") != len(section) or canonical.count(b"[") != 1:
        return False
    return KEYS.isdisjoint(key.lower() for key in set().union(*section))


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_keys(inner) for key, inner in value.items() if key.lower() not in KEYS
        }
    if isinstance(value, list):
        return [_without_keys(entry) for entry in value]
    return value


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value.replace("\0", ""))  # no database keeps a NUL in a text
    if isinstance(value, dict):
        return {mask(key.replace("\0", "")): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(entry) for entry in value]
    return value
