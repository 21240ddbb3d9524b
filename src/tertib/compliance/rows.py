"""The rows of an explanation: each subject or item with the record that decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tertib.compliance.changes import Stand
from tertib.compliance.ledgerwise import Row
from tertib.evidence import reading, subjects
from tertib.sop.format import Control, Deadline, OfItems


def lines(
    one: Control, rows: Sequence[Row], waivers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    names = subjects.known(row.subject for row in rows)
    seqs = {seq for row in rows for seq in row.stand.deciding[:1]}
    seqs |= {row.stand.item for row in rows if row.stand.item}
    facts = {seq: _fact(fact) for seq, fact in reading.numbered(seqs).items()}
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
            "state": stand.state,
            "since": stand.since,
            "next_transition_at": stand.next_at,
            "falls_at": stand.falls_at,
            "waived_until": until.get(subject, until.get(None)) if waived else None,
            "share": None if stand.denominator is None else [stand.numerator, stand.denominator],
            "fact": deciding,
        }
        if isinstance(one, OfItems):
            line |= _item(one, stand, facts)
        found.append(line)
    return found


def _item(one: OfItems, stand: Stand, facts: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    trigger = facts.get(stand.item)
    line: dict[str, Any] = {
        "trigger": trigger,
        "happened_at": trigger["occurred_at"] if trigger else None,
    }
    if isinstance(one, Deadline):
        answer = facts.get(stand.deciding[0]) if stand.deciding else None
        if answer is trigger:
            answer = None
        line["answered_at"] = answer["occurred_at"] if answer else None
        line["due_at"] = stand.falls_at or (stand.since if stand.state == "lapsed" else None)
    return line


def is_work(one: Control, line: Mapping[str, Any]) -> bool:
    """Whether it would be a line of the open work (semantics 7): a late answer closes it."""
    if isinstance(one, Deadline) and line["state"] == "lapsed":
        return line["answered_at"] is None
    return line["state"] in ("lapsed", "no_data")


def _fact(row: reading.FactRow) -> dict[str, Any]:
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


def waivers(one: Control, t: datetime, known_at: datetime | None) -> list[dict[str, Any]]:
    """Return the waivers that have begun by then, those of subjects with their labels."""
    rows = [row for row in reading.waivers([one.id], known_at=known_at) if row.began_at <= t]
    names = subjects.known(row.subject for row in rows if row.subject)
    return [
        {
            "subject": row.subject,
            "label": names[row.subject].label if row.subject in names else "",
            "from": row.began_at,
            "until": row.ended_at,
        }
        for row in rows
    ]
