"""tertib vault: the keyring in the hand of whoever runs the installation."""

import argparse
import sys

from django.conf import settings
from django.utils.translation import gettext as _

from tertib.lib.errors import Refused
from tertib.vault import actions, keyring
from tertib.vault.fields import LostSecret
from tertib.vault.words import WrongWords


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    vault = subparsers.add_parser("vault", help=_("the keyring that opens stored secrets"))
    verbs = vault.add_subparsers(required=True)
    for name, run, words in (
        ("check", check, _("say whether every secret can be opened")),
        ("rotate", rotate, _("make a new key and put every secret under it")),
        ("restore", restore, _("put a key back from its recovery words, read from the input")),
        ("forget-lost", forget_lost, _("empty the secrets that cannot be opened any more")),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("--data", help=argparse.SUPPRESS)
        verb.set_defaults(run=run)


def check(args: argparse.Namespace) -> int:
    places = actions.lost()
    for place in places:
        sys.stdout.write(_("cannot be opened: %(place)s") % {"place": place} + "\n")
    return int(bool(places))


def rotate(args: argparse.Namespace) -> int:
    try:
        words = actions.rotate()
    except (LostSecret, keyring.BadKeyring) as error:
        raise Refused(str(error)) from error
    sys.stdout.write(written_down(words))
    return 0


def restore(args: argparse.Namespace) -> int:
    try:
        root = keyring.restore(settings.KEYRING, sys.stdin.read(10_000))
    except (WrongWords, keyring.BadKeyring) as error:
        raise Refused(str(error)) from error
    sys.stdout.write(_("The key %(id)s is in the keyring.") % {"id": root.id} + "\n")
    return 0


def forget_lost(args: argparse.Namespace) -> int:
    for place in actions.forget_lost():
        sys.stdout.write(_("emptied: %(place)s") % {"place": place} + "\n")
    return 0


def written_down(words: list[str]) -> str:
    """Return the words in rows of six, with what they are for."""
    rows = [" ".join(words[start : start + 6]) for start in range(0, len(words), 6)]
    told = _("Recovery words of the keyring, shown this once. Write them down on paper:")
    return "\n".join([told, *(f"  {row}" for row in rows)]) + "\n"
