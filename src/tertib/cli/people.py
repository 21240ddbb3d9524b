"""tertib people: lists, links and roles. tertib tokens: keys of machines."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tertib.access.policy import SCOPES
from tertib.evidence import vocabulary
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.actions import roster
from tertib.people.models import ApiToken, User
from tertib.people.roster import BYTES, Fault, Plan
from tertib.people.rules import address

type Parsers = argparse._SubParsersAction[argparse.ArgumentParser]


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    people = subparsers.add_parser("people", help=_("people lists, links and roles"))
    verbs = people.add_subparsers(required=True)
    taken = _verb(verbs, "import", import_list, _("load a people list (CSV)"))
    taken.add_argument("file", type=Path)
    taken.add_argument("--dry-run", action="store_true", help=_("only show what would change"))
    taken.add_argument(
        "--complete", action="store_true", help=_("whoever is missing from the list has left")
    )
    link = _verb(verbs, "link", make_link, _("a link that works once: a new password, first admin"))
    link.add_argument("email", nargs="?", help=_("whose; empty: of the first admin"))
    role = _verb(verbs, "role", change_role, _("give or end a role"))
    role.add_argument("what", choices=("give", "end"))
    role.add_argument("email")
    role.add_argument("role")
    tokens = subparsers.add_parser("tokens", help=_("keys of machines"))
    verbs = tokens.add_subparsers(required=True)
    issue = _verb(verbs, "issue", issue_token, _("make a key; it is shown this once"))
    issue.add_argument("name", help=_("the source of what it brings"))
    issue.add_argument("--scope", choices=sorted(SCOPES), default="facts.write")
    issue.add_argument("--kind", action="append", help=_("a kind of fact it may bring; else all"))
    issue.add_argument("--days", type=int, default=365, help=_("how long it works"))
    revoke = _verb(verbs, "revoke", revoke_token, _("let a key end now"))
    revoke.add_argument("name")
    _verb(verbs, "list", list_tokens, _("which keys there are"))


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: object, words: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=words)
    verb.add_argument("--data", help=argparse.SUPPRESS)
    verb.set_defaults(run=run)
    return verb


def import_list(args: argparse.Namespace) -> int:
    try:
        with args.file.open("rb") as file:
            data = file.read(BYTES + 1)
    except OSError as error:
        raise Refused(f"{args.file}: {error.strerror}") from error
    now = timezone.now()
    plan = roster.compare(data, now=now, complete=args.complete)
    if not isinstance(plan, Plan):
        _tell(plan)
        raise Refused(_("Nothing was changed."))
    for change in plan.changes:
        words = "; ".join(
            f"{what}: {old or '-'} -> {new or '-'}" for what, (old, new) in change.words.items()
        )
        sys.stdout.write(f"{change.kind:<6}  {change.name} <{change.email}>  {words}\n")
    sys.stdout.write(
        _("%(changes)s change, %(same)s stay as they are, %(missing)s are missing and stay.")
        % {"changes": len(plan.changes), "same": plan.same, "missing": len(plan.missing)}
        + "\n"
    )
    if args.dry_run:
        return 0
    done = roster.take(plan, by=None, now=now)
    _tell(done.refused)
    return int(bool(done.refused))


def make_link(args: argparse.Namespace) -> int:
    now = timezone.now()
    if args.email:
        path = actions.person_link(_person(args.email), by=None, now=now)
    else:
        first = actions.first_link(now)
        if first is None:
            raise Refused(_("There is an admin already. Say whose link: people link EMAIL"))
        path = first
    sys.stdout.write(f"{settings.URL}{path}\n")
    return 0


def change_role(args: argparse.Namespace) -> int:
    act = actions.give_role if args.what == "give" else actions.end_role
    if not act(_person(args.email), args.role, by=None, now=timezone.now()):
        sys.stdout.write(_("It was so already.") + "\n")
    return 0


def issue_token(args: argparse.Namespace) -> int:
    known = set(vocabulary.FILE["kinds"])
    if unknown := sorted(set(args.kind or ()) - known):
        raise Refused(_("There is no kind %(kinds)s.") % {"kinds": ", ".join(unknown)})
    now = timezone.now()
    if not 0 < args.days <= 3650:
        raise Refused(_("A key works for 1 to 3650 days."))
    secret = actions.issue_token(
        name=args.name,
        scope=args.scope,
        kinds=args.kind,
        expires_at=now + timedelta(days=args.days),
        by=None,
        now=now,
    )
    sys.stdout.write(f"{secret}\n")
    return 0


def revoke_token(args: argparse.Namespace) -> int:
    if not actions.revoke_token(args.name, by=None, now=timezone.now()):
        raise Refused(_("There is no such key that works."))
    return 0


def list_tokens(args: argparse.Namespace) -> int:
    for token in ApiToken.objects.order_by("name"):
        used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "-"
        kinds = "*" if token.kinds is None else ",".join(token.kinds)
        until = f"{token.expires_at:%Y-%m-%d}"
        sys.stdout.write(f"{token.name}  {token.scope}  {kinds}  {until}  {used}\n")
    return 0


def _person(email: str) -> User:
    person = User.objects.filter(email=address(email), is_active=True).first()
    if person is None:
        raise Refused(_("There is nobody with the address %(email)s.") % {"email": email})
    return person


def _tell(faults: list[Fault]) -> None:
    for fault in faults:
        row = _("row %(row)s") % {"row": fault.row} if fault.row else _("file")
        sys.stderr.write(f"{row}: {_(fault.why)} {fault.said}".rstrip() + "\n")
