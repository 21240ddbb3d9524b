from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from tertib.evidence.append_only import TABLES, missing


def triggers_are_there(
    *, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """A migrated database without its triggers would let the past be changed."""
    return [
        Error(f"The ledger's trigger {name} is missing.", hint="Run migrate.", id="evidence.E001")
        for alias in databases or ()
        if set(TABLES) <= set(connections[alias].introspection.table_names())
        for name in missing(alias)
    ]
