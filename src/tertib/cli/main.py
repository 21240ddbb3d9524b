"""Find the verb's module, set Django up if the verb needs it, and run it."""

import argparse
import logging
import os
import sys
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tertib.lib.errors import Refused, Trouble, trouble


class Needs(Enum):
    """What has to be there before a verb can begin."""

    NOTHING = 0
    DJANGO = 1
    INSTALLATION = 2


class Verb(NamedTuple):
    module: str  # in tertib.cli; its register(subparsers) says what the verb is for
    needs: Needs = Needs.INSTALLATION


# A line for each word that may follow `tertib`.
VERBS = {
    "up": Verb("up", Needs.DJANGO),
    "test": Verb("test", Needs.NOTHING),
    "bench": Verb("bench", Needs.NOTHING),
    "assets": Verb("assets", Needs.NOTHING),
    "web": Verb("web"),
    "worker": Verb("jobs"),
    "jobs": Verb("jobs"),
    "sop": Verb("sop", Needs.DJANGO),  # a file can be checked anywhere
    "facts": Verb("facts"),
    "ledger": Verb("ledger"),
    "demo": Verb("demo", Needs.DJANGO),
    "explain": Verb("explain"),
    "recompute": Verb("recompute"),
    "people": Verb("people"),
    "tokens": Verb("people"),
    "vault": Verb("vault"),
    "keep": Verb("keep", Needs.DJANGO),  # it restores on an empty machine
}
PROCESSES = ("up", "web", "worker")  # what they log is their output


def main(arguments: list[str]) -> int:
    """Run a command line and return its exit code: 0 done, 1 refused, 2 not understood."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.project.settings")
    arguments = _take_data_folder(arguments)
    word = arguments[0] if arguments and arguments[0] in VERBS else None
    needs = VERBS[word].needs if word else Needs.DJANGO
    try:
        if needs is not Needs.NOTHING:
            _set_up()
            if word not in PROCESSES and sys.stderr.isatty():  # somebody reads: no events
                logging.getLogger("tertib").setLevel(logging.WARNING)
        if needs is Needs.INSTALLATION and not {"-h", "--help"} & set(arguments):
            _find_installation()
        chosen = parser(word).parse_args(arguments)
        return chosen.run(chosen) or 0
    except Refused as refusal:
        sys.stderr.write(f"tertib: {refusal}\n")
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 0
    except Exception as error:
        if not (what := trouble(error)):
            raise
        sys.stderr.write(f"tertib: {cannot_store(what, error)}\n")
        return 1


def cannot_store(what: Trouble, error: BaseException) -> str:
    """Say it in one line: a traceback would make a full disk look like a fault of the house."""
    if what is Trouble.FULL:
        told = _("No room is left in %(folder)s. What was stored stands; make room and repeat.")
        return told % {"folder": settings.DATA}
    told = _("The database can't be used now: %(reason)s. What was stored stands; repeat later.")
    return told % {"reason": str(error).strip()}


def _set_up() -> None:
    os.umask(0o077)  # what such a verb writes is the installation's alone
    try:
        django.setup()
    except (OSError, ValueError) as error:  # the environment's: DATABASE_URL, TERTIB_DATA
        raise Refused(str(error)) from error
    translation.activate(language())


def _find_installation() -> None:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and not Path(database["NAME"]).exists():
        raise Refused(
            _("There is no installation in %(folder)s yet: “tertib up” makes one.")
            % {"folder": settings.DATA}
        )


def language() -> str:
    """Return "en" for a terminal that speaks English, else Indonesian."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    spoken = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "en" if spoken.startswith("en") else settings.LANGUAGE_CODE


def parser(word: str | None) -> argparse.ArgumentParser:
    """Return the parser with that verb, or with all of them (None)."""
    top = argparse.ArgumentParser(
        prog="tertib",
        description="Tertib: SOP TI yang berjalan. / An IT SOP that runs.",
        epilog="--data FOLDER, TERTIB_DATA: folder data / the data folder (~/.local/share/tertib)",
    )
    subparsers = top.add_subparsers(metavar="VERB", required=True)
    for module in dict.fromkeys(
        verb.module for name, verb in VERBS.items() if word in (None, name)
    ):
        if find_spec(f"tertib.cli.{module}"):
            import_module(f"tertib.cli.{module}").register(subparsers)
    return top


def _take_data_folder(arguments: list[str]) -> list[str]:
    """Take --data out of a command line: settings read it before any verb is known."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--data")
    known, rest = early.parse_known_args(arguments)
    if known.data:
        os.environ["TERTIB_DATA"] = known.data
    return rest
