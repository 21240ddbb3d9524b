"""The rows of an explanation: each subject or item with the record that decides."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tertib.compliance.changes import Row, Stand
from tertib.compliance.records import Fact, Waiver
from tertib.evidence import reading
from tertib.evidence.subjects import Known
from tertib.sop.format import Control, Deadline, OfItems


def facts(rows: Iterable[Row], read: Mapping[int, Fact]) -> dict[int, dict[str, Any]]:
    """Return by seq the records that decide, and those that items began with.

    read: what is known already; the rest is asked for, in one statement for some hundred.
    """
    seqs = {seq for row in rows for seq in (*row.stand.deciding[:1], row.stand.item) if seq}
    found = {seq: _fact(read[seq]) for seq in seqs & read.keys()}
    for row in reading.records(seqs - found.keys()):
        found[row.seq] = row._asdict()
    return found


def lines(
    one: Control,
    rows: Sequence[Row],
    waivers: Sequence[Mapping[str, Any]],
    names: Mapping[UUID, Known],
    facts: Mapping[int, dict[str, Any]],
    late: Collection[int],
) -> list[dict[str, Any]]:
    until = {waiver["subject"]: waiver["until"] for waiver in waivers}
    found = []
    for subject, stand in rows:
        name = names.get(subject)
        deciding = facts.get(stand.deciding[0]) if stand.deciding else None
        waived = stand.state == "waived"
        line = {
            "key": name.alias if name and name.alias else str(subject),
            "uuid": subject,
            "kind": name.kind if name else "",
            "alias": name.alias if name else "",
            "label": name.label if name else "",
            "owner": name.owner if name else "",
            "state": stand.state,
            "since": stand.since,
            "next_transition_at": stand.next_at,
            "falls_at": stand.falls_at,
            "waived_until": until.get(subject, until.get(None)) if waived else None,
            "share": None if stand.denominator is None else [stand.numerator, stand.denominator],
            "fact": deciding,
        }
        if isinstance(one, OfItems):
            line |= _item(one, stand, facts, late)
        found.append(line)
    return found


def _item(
    one: OfItems, stand: Stand, facts: Mapping[int, dict[str, Any]], late: Collection[int]
) -> dict[str, Any]:
    trigger = facts.get(stand.item)
    line: dict[str, Any] = {
        "trigger": trigger,
        "happened_at": trigger["occurred_at"] if trigger else None,
        "done_late": stand.state == "lapsed" and stand.item in late,
    }
    if isinstance(one, Deadline):
        answer = facts.get(stand.deciding[0]) if stand.deciding else None
        if answer is trigger:
            answer = None
        line["answered_at"] = answer["occurred_at"] if answer else None
        line["due_at"] = stand.falls_at or (stand.since if stand.state == "lapsed" else None)
    return line


def is_work(line: Mapping[str, Any]) -> bool:
    """Whether it would be a line of the open work (semantics 7): a late act closes it."""
    return line["state"] in ("lapsed", "no_data") and not line.get("done_late")


def _fact(row: Fact) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
        "source": row.source,
        "outcome": row.outcome,
        "body": row.body,
        "actor": row.actor,
    }


def waivers(
    granted: Iterable[Waiver], names: Mapping[UUID, Known]
) -> dict[str, list[dict[str, Any]]]:
    """Return the waivers by control, those of subjects with their labels."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in granted:
        known = names.get(row.subject) if isinstance(row.subject, UUID) else None
        found[row.control].append(
            {
                "subject": row.subject,
                "label": known.label if known else "",
                "from": row.began_at,
                "until": row.ended_at,
            }
        )
    return found
