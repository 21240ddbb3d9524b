"""What hangs on the ledger by a fingerprint: a document elsewhere whose digest a fact holds.

The ledger knows no document. Rooms that keep some register how to compare theirs.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tertib.evidence.models import Fact, SealEntry

SHORTEST = 8  # digits of a fingerprint that somebody has to know
_checks: list[Callable[[], Iterator[str]]] = []


@dataclass(frozen=True)
class Found:
    """A fact that holds the fingerprint; seal None: it is too new to be sealed."""

    kind: str
    about: str  # body.for
    occurred_at: datetime
    fingerprint: str
    seq: int
    seal: int | None


def register(check: Callable[[], Iterator[str]]) -> None:
    """check: yields a sentence per document that is not what its fact says."""
    _checks.append(check)


def faults() -> Iterator[str]:
    for check in _checks:
        yield from check()


def find(fingerprint: str) -> list[Found]:
    """Return the facts with this fingerprint, or with one that begins so, the oldest first."""
    digits = re.sub(r"[^0-9a-f]", "", fingerprint.casefold())
    if len(digits) < SHORTEST:
        return []
    facts = list(Fact.objects.filter(body__fingerprint__startswith=digits).order_by("seq")[:20])
    seals = dict(
        SealEntry.objects.filter(entry="fact", seq__in=[fact.pk for fact in facts]).values_list(
            "seq", "seal"
        )
    )
    return [
        Found(
            fact.kind,
            str(fact.body.get("for", "")),
            fact.occurred_at,
            fact.body["fingerprint"],
            fact.pk,
            seals.get(fact.pk),
        )
        for fact in facts
    ]
