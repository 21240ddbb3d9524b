"""The whole engine from the ledger alone, compared with what is stored.

Subject by subject, so memory does not grow with the ledger and no read stays open. Everything is
walked from the first version on; what is stored is only looked at to compare.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from uuid import UUID

from django.db.models import Count

from tertib.compliance import episodes, judging, loading, tally, writing
from tertib.compliance.changes import Turn, bucket
from tertib.compliance.inbox import Judge
from tertib.compliance.judging import Change, Stored
from tertib.compliance.loading import Around, Pair
from tertib.compliance.models import Counts, Movement, Standing, Total, Transition
from tertib.compliance.records import Fact, Slice, Span
from tertib.compliance.routes import Law, Routes, routes
from tertib.compliance.tick import fall_due
from tertib.evidence import ledger, models, reading
from tertib.evidence.subjects import ORGANISATION
from tertib.sop import versions
from tertib.sop.format import Threshold

AT_ONCE = 100  # subjects
AGAIN = 3  # times that a subject is compared while others write


@dataclass
class Report:
    """differences  in words, the same for everybody who repairs them; none: it is equal"""

    facts: int = 0
    standings: int = 0
    transitions: int = 0
    differences: list[str] = field(default_factory=list)
    repaired: int = 0

    @property
    def equal(self) -> bool:
        return not self.differences


def recompute(*, repair: bool = False) -> Report:
    """Compare, and write what differs if asked to. Others may go on working meanwhile."""
    report, law = Report(), versions.law()
    if not law:
        return report
    ways = routes(law)
    _catch_up()
    for some in batched(_subjects(ways), AT_ONCE):
        _compare(some, report, law, ways, repair=repair)
    _compare_counts(report, ways, repair=repair)
    _compare_episodes(report, law, ways, repair=repair)
    return report


def _catch_up() -> datetime:
    """Judge what has arrived or fallen due, and return as of when all is judged."""
    Judge().drain()
    now = ledger.now()
    fall_due(now)
    return now


def _subjects(ways: Routes) -> Iterator[UUID]:
    """Yield, in order, everybody of whom anything is known or stored."""
    found = set(models.Fact.objects.values_list("subject", flat=True).distinct())
    found.update(models.Membership.objects.values_list("subject", flat=True).distinct())
    for table in (Standing, Transition):
        found.update(table._default_manager.values_list("subject", flat=True).distinct())
    return iter(sorted(found))


def _compare(
    subjects: Sequence[UUID], report: Report, law: Law, ways: Routes, *, repair: bool
) -> None:
    """Compare some subjects; those that differ again once everything has been caught up."""
    left, counted = list(subjects), False
    for attempt in range(AGAIN):
        turn, now = writing.turn(), ledger.now()
        changed = list(_changes(left, report if not counted else Report(), law, ways, now))
        counted = True
        if not changed:
            return
        if attempt + 1 < AGAIN:
            _catch_up()
            left = sorted({change.subject for change in changed})
    report.differences += [_words(change) for change in changed]
    if repair:
        for some in batched(changed, AT_ONCE):
            writing.write(some, turn=turn, now=now, routes=ways)
            report.repaired, turn = report.repaired + len(some), turn + 1


def _changes(
    subjects: Sequence[UUID], report: Report, law: Law, ways: Routes, now: datetime
) -> Iterator[Change]:
    """Yield what differs of those subjects."""
    slices = _slices(subjects, report, law, ways)
    stored = _stored(subjects)
    x = law[0].since
    for pair in slices.keys() | stored.keys():
        control, subject = pair
        if control not in ways.versions:
            continue
        slice_ = slices.get(pair) or Slice(control, subject, (), (), law)
        had = stored.get(pair, Stored())
        change = judging.compare(slice_, had, x, now, ways)
        _leave_out_what_drifts(change, had, ways)
        report.standings += len(change.stands)
        report.transitions += sum(map(len, had.turns.values()))
        if not change.empty:
            yield change


def _leave_out_what_drifts(change: Change, had: Stored, ways: Routes) -> None:
    """The seconds of a threshold change every minute, and are stored as of the last judgement."""
    if isinstance(ways.versions[change.control][-1], Threshold):
        change.put = [
            (pk, stand)
            for pk, stand in change.put
            if stand.item not in had.stands or stand[:-2] != had.stands[stand.item][1][:-2]
        ]


def _slices(subjects: Sequence[UUID], report: Report, law: Law, ways: Routes) -> dict[Pair, Slice]:
    """Load all that is known of those subjects. Who was absorbed by a merge has nothing."""
    spans: dict[UUID, list[Span]] = defaultdict(list)
    folded = reading.survivors()
    roots = [subject for subject in subjects if subject not in folded]
    for row in reading.spans(ways.by_population.keys(), subjects=roots):
        spans[row.subject].append(Span(*row))
    waivers = loading.waivers(ways.versions.keys(), None, folded)
    around = Around(None, folded, spans, waivers)
    found: dict[Pair, Slice] = {}
    told: dict[UUID, dict[str, list[Fact]]] = {}
    for subject, rows in reading.by_subject(ways.by_kind.keys(), subjects=roots):
        by_kind: dict[str, list[Fact]] = defaultdict(list)
        for fact_row in rows:
            by_kind[fact_row.kind].append(Fact(*fact_row))
        told[subject] = by_kind
        report.facts += len(rows)
    for subject in roots:
        facts = told.get(subject, {})
        for control in _controls(facts, spans.get(subject, ()), ways):
            reads = ways.reads[control]
            if control in ways.company:
                continue
            mine = [fact for kind, of in facts.items() if kind in reads for fact in of]
            found[control, subject] = loading.assemble(
                control, subject, mine, around, law=law, routes=ways
            )
    if ORGANISATION in roots:
        for control in ways.company:
            everybody = (Fact(*row) for row in reading.facts(ways.reads[control]))
            found[control, ORGANISATION] = loading.assemble(
                control, ORGANISATION, everybody, around, law=law, routes=ways
            )
    return loading.with_roles(found, ways, around)


def _controls(facts: Mapping[str, Sequence[Fact]], spans: Iterable[Span], ways: Routes) -> set[str]:
    controls = {control for kind in facts for control in ways.by_kind[kind]}
    for population in {span.population for span in spans}:
        controls |= ways.by_population[population]
    return controls


def _stored(subjects: Sequence[UUID]) -> dict[Pair, Stored]:
    found: dict[Pair, Stored] = defaultdict(Stored)
    rows = Standing.objects.filter(subject__in=subjects).values_list(*judging.STAND)
    for pk, control, subject, *row in rows:
        stand = judging.as_stand(row)
        found[control, subject].stands[stand.item] = pk, stand
    turned = Transition.objects.filter(subject__in=subjects).order_by("at")
    for pk, control, subject, item, *row in turned.values_list(*judging.TURN):
        found[control, subject].turns[item].append((pk, Turn(*row)))
    return found


def _words(change: Change) -> str:
    return "; ".join(
        [
            f"{change.control} {change.subject}",
            *(f"item {one.item} should be {one.state or 'nowhere'}" for _, one in change.put),
            *(f"standing row {pk} should not be" for pk in change.drop),
            *(f"item {item} lacks {_turn(turn)}" for item, turn in change.add),
            *(f"has too much {_turn(turn)}" for turn in change.removed),
        ]
    )


def _turn(turn: Turn) -> str:
    by = f" by fact {turn.deciding}" if turn.deciding else ""
    return f"{turn.was or 'nowhere'} to {turn.state or 'nowhere'} at {turn.at.isoformat()}{by}"


# --- Counts and episodes: sums over what has been found equal to the ledger -----------------------


def _compare_counts(report: Report, ways: Routes, *, repair: bool) -> None:
    for _ in range(AGAIN):
        turn = writing.turn()
        totals, movements = _summed()
        wrong = [*_wrong_totals(totals), *_wrong_movements(movements)]
        if not wrong:
            return
        if turn == writing.turn():
            break
    report.differences += wrong
    if repair:
        writing.recount(totals, movements, turn=turn)
        report.repaired += len(wrong)


def _summed() -> tuple[dict[str, dict[str, int]], dict[tuple[str, date], dict[str, int]]]:
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Counts.FIELDS, 0))
    looks = Standing.objects.exclude(state="").values_list("control", "state", "bare")
    for control, state, bare, count in looks.annotate(Count("pk")):
        totals[control][bucket(state, bare) or ""] += count
    movements: dict[tuple[str, date], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(Counts.FIELDS, 0)
    )
    turned = Transition.objects.values_list("control", "at", "state", "bare", "was", "was_bare")
    for control, at, *look in turned.iterator(chunk_size=5000):
        here = movements[control, at.date()]
        for column, by in writing.difference(*look):
            here[column] += by
    return totals, movements


def _wrong_totals(right: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    stored = tally.now()
    for control in sorted(stored.keys() | right.keys()):
        should = right.get(control, dict.fromkeys(Counts.FIELDS, 0))
        if tally.numbers(stored.get(control)) != should:
            yield f"{control}: counts should be {dict(should)}"


def _wrong_movements(right: Mapping[tuple[str, date], Mapping[str, int]]) -> Iterator[str]:
    nothing = dict.fromkeys(Counts.FIELDS, 0)
    stored = {(row.control, row.day): tally.numbers(row) for row in Movement.objects.all()}
    for key in sorted(stored.keys() | right.keys()):
        if stored.get(key, nothing) != right.get(key, nothing):
            yield f"{key[0]}: the counts moved otherwise on {key[1]}"


def _compare_episodes(report: Report, law: Law, ways: Routes, *, repair: bool) -> None:
    now = ledger.now()
    for _ in range(AGAIN):
        turn = writing.turn()
        episodes.refresh(law, ways, now)
        turn = writing.turn()
        walked = episodes.walk(
            ways.versions.keys(), law[0].since, now, totals=tally.now(), law=law, routes=ways
        )
        stored = episodes.stored(ways.versions.keys())
        wrong = [
            f"{control}: its episodes differ"
            for control in sorted(walked)
            if [c for c in walked[control] if c.state] != [c for c in stored[control] if c.state]
        ]
        if not wrong:
            return
        if turn == writing.turn():
            break
    report.differences += wrong
    if repair:
        Total.objects.update(changed_from=law[0].since)
        episodes.refresh(law, ways, now)
        report.repaired += len(wrong)
