"""The kinds of control: what each says of a subject or an item at an instant. Pure.

Each has a module of its own with `judge(control, version, slice)`; this one chooses.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Protocol

from tertib.compliance.kinds import (
    absence,
    attest,
    coverage,
    deadline,
    existence,
    freshness,
    ratio,
    schedule,
    sequence,
    threshold,
)
from tertib.compliance.kinds.raw import Raw
from tertib.compliance.kinds.version import Law, Version, law_of
from tertib.compliance.records import Key, Slice
from tertib.sop.format import (
    Absence,
    Attest,
    Control,
    Coverage,
    Deadline,
    Existence,
    Freshness,
    InForce,
    OfItems,
    OfSubjects,
    Ratio,
    Schedule,
    Threshold,
)
from tertib.sop.format import (
    Sequence as SequenceControl,
)

CLAMPED = timedelta(days=5)  # how far clamped months and clock changes bend a window


class Judge(Protocol):
    """A control of one version, ready for one slice."""

    def keys(self, sliced: Slice) -> Iterable[Key]: ...

    def at(self, key: Key, t: datetime) -> Raw: ...


def judge(control: Control, version: Version, law: Law, sliced: Slice) -> Judge:
    """Return what judges the slice by this version of the control."""
    match control:
        case Freshness():
            return freshness.judge(control, version, sliced)
        case Coverage():
            return coverage.judge(control, version, sliced)
        case Schedule():
            return schedule.judge(control, version, sliced)
        case Threshold():
            return threshold.judge(control, version, sliced)
        case Attest():
            return attest.judge(control, version, sliced)
        case Deadline():
            return deadline.judge(control, version, law, sliced)
        case SequenceControl():
            return sequence.judge(control, version, sliced)
        case Ratio():
            return ratio.judge(control, version, sliced)
        case Existence():
            return existence.judge(control, version, sliced)
        case Absence():
            return absence.judge(control, version, sliced)
    raise TypeError(f"{control.kind} has no slices")


def reads(control: Control) -> frozenset[str]:
    """Return the kinds of facts that the control names."""
    match control:
        case Freshness() | Schedule() | Attest():
            return frozenset({control.evidence})
        case Coverage():
            return frozenset(control.evidence)
        case Threshold():
            return frozenset({control.metric})
        case Deadline():
            pause = (control.pause.start, control.pause.until) if control.pause else ()
            return frozenset({control.trigger, *control.until, *control.void, *pause})
        case SequenceControl():
            before = (entry.event for entry in control.before)
            return frozenset({control.event, *before, *control.void})
        case Ratio():
            return frozenset({control.event, *control.void})
        case Existence() | Absence():
            return frozenset({control.record})
    return frozenset()


def begins(control: Control) -> str | None:
    """Return the kind of fact that there must be somebody to tell of: the record, trigger or event
    (semantics 5). None: the control lives on memberships and evidence, or on clauses."""
    match control:
        case Deadline():
            return control.trigger
        case SequenceControl() | Ratio():
            return control.event
        case Existence() | Absence():
            return control.record
    return None


def across(control: Control, about: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """Return the kinds whose facts correspond to an item by `match` alone, because they are about
    another kind of subject. `about` says for each kind of fact which kinds of subject."""
    if not isinstance(control, OfItems) or control.match is None:
        return frozenset()
    own = about.get(begins(control) or "", frozenset())
    return frozenset(
        kind for kind in reads(control) if own.isdisjoint(about.get(kind, own)) and kind in about
    )


def reach(control: Control, law: Sequence[InForce], x: datetime) -> datetime | None:
    """Return from when on facts must be known to walk from x: those with `occurred_at` at or after
    it, and the newest one before it (of whatever outcome, and the newest ok one). None: all."""
    longest: list[datetime] = []
    for version in law_of(law).versions:
        found = version.control(control.id)
        if found is None:
            continue
        settling = x
        if isinstance(found, OfSubjects) and found.settle is not None:
            settling = version.back(x, found.settle) - CLAMPED
        if isinstance(found, Threshold | Ratio):
            longest.append(version.back(settling, found.window) - CLAMPED)
        elif isinstance(found, Freshness) and not found.topics and found.level is None:
            longest.append(settling)
        else:
            return None
    return min(longest, default=None)
