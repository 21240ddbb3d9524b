"""What the IT team does with its work: says, attaches, lends, puts off, plans."""

from collections.abc import Iterator
from functools import partial

from tertib.cli.demo.lives import script
from tertib.cli.demo.lives.cast import Act, Cast
from tertib.cli.demo.told import DAY
from tertib.notify.actions import mark_read
from tertib.people.models import User
from tertib.work import actions as work
from tertib.work.models import Item


def working(cast: Cast) -> Iterator[Act]:
    for ago, control, who, text in script.SAID:
        yield Act(cast.last - ago, partial(_say, cast, control, who, text))
    for before, who, title, text, days in script.PLANNED:
        yield Act(cast.workday(before, 9, 20), partial(_plan, cast, who, title, text, days))
    yield Act(cast.workday(4, 16), partial(_finish, cast, script.PLANNED[0][2]))
    yield Act(cast.last - 5 * DAY / 2, partial(_take, cast, "mnt.monthly", 2))
    yield Act(cast.last - 2 * DAY, partial(_attach, cast))
    yield Act(cast.workday(1, 10), partial(_lend, cast, "bak.restore", 8))
    yield Act(cast.workday(1, 11), partial(_put_off, cast, "inv.hw.fresh", 1))
    yield Act(cast.workday(30, 9), partial(_keep_views, cast))
    for person in [*cast.it, *cast.management]:
        yield Act(cast.workday(2, 8), partial(_read_notices, cast, person))


def _say(cast: Cast, control: str, who: int, text: str) -> None:
    if item := cast.work(control):
        work.comment(item, text=text, by=cast.it[who], now=cast.now)


def _plan(cast: Cast, who: int, title: str, text: str, days: int) -> None:
    work.open_task(
        title=title,
        text=text,
        due_by=cast.evening(days),
        owner=cast.it[who],
        by=cast.head,
        now=cast.now,
    )


def _finish(cast: Cast, title: str) -> None:
    item = Item.objects.get(title_id=title)
    work.finish(item, by=item.owner or cast.head, now=cast.now)


def _take(cast: Cast, control: str, who: int) -> None:
    if item := cast.work(control):
        work.take(item, by=cast.it[who], now=cast.now)


def _attach(cast: Cast) -> None:
    if item := cast.work("mnt.monthly"):
        said = script.MINUTES.encode()
        work.attach(
            item, name="berita-acara-gudang.txt", chunks=[said], by=cast.it[2], now=cast.now
        )


def _lend(cast: Cast, control: str, to: int) -> None:
    item = cast.work(control)
    if item and item.owner and item.owner != cast.it[to]:
        work.lend(item, cast.it[to], until=cast.evening(3), by=item.owner, now=cast.now)


def _put_off(cast: Cast, control: str, who: int) -> None:
    if item := cast.work(control):
        work.snooze(item, until=cast.evening(4), by=cast.it[who], now=cast.now)


def _keep_views(cast: Cast) -> None:
    for name, query in script.VIEWS:
        work.keep_view(cast.head, name=name, query=query, now=cast.now)


def _read_notices(cast: Cast, person: User) -> None:
    mark_read(person.uuid, None, now=cast.now)
