"""From whatever the database is to what this version needs, with a backup in between."""

from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError, OperationalError
from django.utils.translation import gettext as _

from tertib.evidence import append_only
from tertib.keep import backup
from tertib.lib.errors import Refused, Trouble, trouble
from tertib.vault import actions as vault
from tertib.vault.fields import LostSecret
from tertib.vault.keyring import BadKeyring


def bring_up_to_date(now: datetime) -> Path | None:
    """Create or migrate the database; return the backup that was made before (None: no need).

    Raise Refused if it can't be reached or was made by a newer Tertib; nothing is touched then.
    """
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        if trouble(error) is Trouble.FULL:
            raise
        raise Refused(
            _("The database can't be reached: %(reason)s") % {"reason": str(error).strip()}
        ) from error
    except DatabaseError as error:
        raise Refused(
            _("The database can't be read: %(reason)s") % {"reason": str(error).strip()}
        ) from error
    unknown = sorted(set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations))
    if unknown:
        names = ", ".join(".".join(migration) for migration in unknown)
        raise Refused(
            _("A newer Tertib made this database (%(names)s). Start that one, or restore a backup.")
            % {"names": names}
        )
    made = None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        made = backup.before_migration(now)
        call_command("migrate", interactive=False, verbosity=0)
    _check_ledger()
    _check_secrets()
    return made


def _check_ledger() -> None:
    """The triggers are what makes the ledger append-only: without them nothing starts."""
    if append_only.missing():
        append_only.protect(using="default")
    if missing := append_only.missing():
        raise Refused(_("The ledger is not protected: %(names)s") % {"names": ", ".join(missing)})


def _check_secrets() -> None:
    """The keyring must open what it closed: another one is told now, not at the first secret."""
    try:
        vault.check()
    except (LostSecret, BadKeyring) as error:
        raise Refused(str(error)) from error
