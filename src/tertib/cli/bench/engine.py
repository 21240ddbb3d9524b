"""What the clock costs the engine, and what it costs to judge everything anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from tertib.cli.bench import company, lives
from tertib.cli.bench.company import Happening
from tertib.cli.bench.ledger import bare, database
from tertib.cli.bench.rows import Row, must, seconds, timed
from tertib.cli.clock import Clock
from tertib.compliance import actions
from tertib.compliance.models import Standing, Sweep
from tertib.compliance.recompute import recompute
from tertib.compliance.routes import routes
from tertib.evidence import reading
from tertib.sop import versions

FRESH = "inv.hw.fresh"
MINUTES = 21  # ticks whose median counts; in two of them a run of the self-measure ends
INSTANTS = 3  # at which so many fall due, one after the other


def tick_idle_5k(size: int, clock: Clock) -> list[Row]:
    return [_idle("tick_idle_5k", size, clock)]


def tick_idle_50k(size: int, clock: Clock) -> list[Row]:
    return [_idle("tick_idle_50k", size, clock)]


def _idle(name: str, size: int, clock: Clock) -> Row:
    """A minute in which nothing falls due, self-measure included; beside one among a tenth."""
    few = max(size // 10, 1)
    figures = []
    lives.judged(clock)
    for first, count in ((0, few), (few, size - few)):
        machines = lives.assets(count, "hardware", first=first)
        _seen(machines, clock.now - timedelta(days=1))
        _judge(clock)
        figures.append(median(_minute(clock) for _ in range(min(MINUTES, size))) * 1e3)
    must(Standing.objects.filter(control=FRESH).count() == size, "as many standings as were asked")
    return Row(
        name, f"{size} standings", database(), figures[1], "ms", f"{few} of them", figures[0]
    )


def _minute(clock: Clock) -> float:
    took, due = timed(lambda: actions.tick(clock.move(minutes=1)))
    must(due == 0, "that nothing fell due")
    return took


def tick_due_1k(size: int, clock: Clock) -> list[Row]:
    """A thousand standings fall due in one instant; beside as many bare rows, written alike."""
    due = min(1_000, size // (INSTANTS + 1))
    lives.judged(clock)
    machines = lives.assets(size, "hardware")
    began = clock.now - timedelta(days=149)  # due soon in a few days
    groups = [machines[n * due : (n + 1) * due] for n in range(INSTANTS)]
    for n, group in enumerate(groups):
        _seen(group, began + timedelta(days=n))
    _seen(machines[INSTANTS * due :], clock.now - timedelta(days=1))
    _judge(clock)
    took, floors = [], []
    for group in groups:
        at = Standing.objects.get(control=FRESH, subject=group[0]).next_at or clock.now
        must(at > clock.now, "that all of them are still to fall due")
        clock.now = at - timedelta(minutes=1)
        actions.tick(clock.now)  # what falls due before, and the self-measure until then
        tick, fell = timed(lambda: actions.tick(clock.move(minutes=1)))
        must(fell == due, f"that {due} fell due, not {fell}")
        took.append(tick * 1e3)
        floors.append(bare(due) * 1e3)
    told = f"{due} of {size} standings"
    return [
        Row(
            "tick_due_1k", told, database(), median(took), "ms", "as many bare rows", median(floors)
        )
    ]


def recompute_1m(size: int, clock: Clock) -> list[Row]:
    """Every fact walked anew and compared; beside nothing but reading them."""
    lives.lived_in(max(size // 200, 1), size, clock)
    kinds = sorted(routes(versions.law()).by_kind)
    read = seconds(lambda: sum(len(rows) for _, rows in reading.by_subject(kinds)))
    took, report = timed(recompute)
    must(report.equal, f"that it equals what is stored: {report.differences[:3]}")
    must(report.facts >= size * 99 // 100, "that all facts were read")
    told = f"{report.facts} facts"
    return [Row("recompute_1m", told, database(), took, "s", "reading them", read)]


def _seen(machines: Sequence[UUID], at: datetime) -> None:
    company.facts(Happening("inventory.observed", one, at, lives.SEEN) for one in machines)


def _judge(clock: Clock) -> None:
    """Have everybody judged by that one control, as when a version of the SOP changed it."""
    Sweep.objects.create(control=FRESH, since=lives.beginning())
    actions.tick(clock.move(minutes=1))
