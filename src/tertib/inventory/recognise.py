"""Which asset a report is about. Two first reports of one machine at once make one asset."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from tertib.agents.registry import Report
from tertib.audit.actions import note
from tertib.evidence import subjects
from tertib.evidence.dialect import marks, sqlite
from tertib.inventory import hardware
from tertib.inventory.actions import describe
from tertib.inventory.models import Asset, Counter, Identifier, Question
from tertib.inventory.rules import Keys, Known, Verdict, decide, keys
from tertib.lib.errors import Refused
from tertib.people.models import Site

PREFIX = "AST"


# Asked by every report under the lock that all writers wait for; building it takes longer than
# answering it.
_OF_THOSE = """
SELECT id, asset_id, kind, value, ended_at IS NOT NULL FROM inventory_identifier
WHERE asset_id IN (
    SELECT named.asset_id FROM inventory_identifier named
    JOIN inventory_asset asset ON asset.id = named.asset_id
    WHERE named.value IN ({marks}) AND asset.merged_into_id IS NULL
)
"""


class Row(NamedTuple):
    """An identifier, as it is read to recognise by."""

    pk: int
    asset_id: int
    kind: str
    value: str
    ended: bool

    @property
    def pair(self) -> tuple[str, str]:
        return self.kind, self.value


def find(report: Report, site: Site, *, now: datetime) -> Asset | None:
    """Return the host's asset, locked; None: this report was just taken in.

    Raise Refused if a partial report could be that of several.
    """
    told = _keys(report)
    verdict, rows = _recognised(told, report)
    if verdict.asset is None:
        # The counter's row is held until the commit: who waits for it sees what the other made.
        number = _next_number()
        if not sqlite():  # there nobody else can have written since this transaction began
            verdict, rows = _recognised(told, report)
    if verdict.asset is None:
        if verdict.asks and report.partial:
            raise Refused(_("It cannot be told which of several machines this is."))
        asset = _register(report, told, site, f"{PREFIX}-{number}", now=now)
        for old, why in verdict.asks.items():
            Question.objects.create(new=asset, old_id=old, reason=why, asked_at=now)
        return asset
    asset = (
        Asset.objects.select_for_update(of=("self",))
        .select_related("subject", "owner", "site")
        .get(pk=verdict.asset)
    )
    if asset.report_digest == report.digest and _same_minute(asset.seen_at, now):
        return None
    its = [row for row in rows if row.asset_id == asset.pk]
    if _news(its, told, whole=not report.partial):  # else another report at once changes nothing
        remember(asset, told, _identifiers(asset), whole=not report.partial, now=now)
    return asset


def remember(
    asset: Asset, told: Keys, known: Collection[Row], *, whole: bool, now: datetime
) -> None:
    """Keep what it was recognised by up to date. Only writes what is new or gone."""
    rows = {row.pair: row for row in known}
    told_pairs = told.pairs()
    ends = _ended(rows, told, whole=whole)
    back = [rows[pair].pk for pair in told_pairs & rows.keys() if rows[pair].ended]
    if ends:
        Identifier.objects.filter(pk__in=[rows[pair].pk for pair in ends]).update(ended_at=now)
    if back:
        Identifier.objects.filter(pk__in=back).update(ended_at=None)
    Identifier.objects.bulk_create(
        Identifier(asset=asset, kind=kind, value=value, began_at=now)
        for kind, value in sorted(told_pairs - rows.keys())
    )


def _ended(rows: Mapping[tuple[str, str], Row], told: Keys, *, whole: bool) -> set[tuple[str, str]]:
    """Return what it is recognised by no more."""
    current = {pair for pair, row in rows.items() if not row.ended}
    ends: set[tuple[str, str]] = set()
    for kind, value in (("deviceid", told.deviceid), ("agent", told.agent)):
        if value and (kind, value) not in current:  # installed anew: the old one is the past
            ends |= {pair for pair in current if pair[0] == kind}
    if whole and told.macs:
        ends |= {pair for pair in current if pair[0] == "mac" and pair[1] not in told.macs}
    return ends


def _news(known: Collection[Row], told: Keys, *, whole: bool) -> bool:
    """Say whether it told something to be recognised by that it did not tell before."""
    rows = {row.pair: row for row in known}
    current = {pair for pair, row in rows.items() if not row.ended}
    return not told.pairs() <= current or bool(_ended(rows, told, whole=whole))


def _identifiers(asset: Asset) -> list[Row]:
    rows = asset.identifiers.all()
    return [Row(row.pk, asset.pk, row.kind, row.value, row.ended_at is not None) for row in rows]


def _keys(report: Report) -> Keys:
    return keys(
        hardware=report.first("hardware"),
        bios=report.first("bios"),
        networks=report.entries("networks"),
        deviceid=report.deviceid,
        agent=report.agent_id,
    )


def _recognised(told: Keys, report: Report) -> tuple[Verdict, list[Row]]:
    """Decide, and return what the assets that it may be are known by."""
    values = [value for _kind, value in told.pairs()]
    with connection.cursor() as cursor:
        cursor.execute(_OF_THOSE.format(marks=marks(values)), values)
        rows = [Row(*row) for row in cursor.fetchall()]
    known: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        kind = f"past {row.kind}" if row.ended else row.kind
        known[row.asset_id][kind].add(row.value)
    verdict = decide(
        told,
        [
            Known(
                asset=asset,
                uuids=frozenset(has["uuid"]),
                serials=frozenset(has["serial"]),
                deviceids=frozenset(has["deviceid"]),
                agents=frozenset(has["agent"]),
                macs=frozenset(has["mac"]),
                past_deviceids=frozenset(has["past deviceid"]),
            )
            for asset, has in sorted(known.items())
        ],
        networks="networks" in report.sections,
    )
    return verdict, rows


def _register(report: Report, told: Keys, site: Site, tag: str, *, now: datetime) -> Asset:
    """Make the asset of a machine that nobody knew (decision 33)."""
    machine, bios = report.first("hardware"), report.first("bios")
    name = hardware.text(machine.get("name"))
    type_ = hardware.type_of(machine.get("chassis_type"))
    aliases = [alias for alias in (tag, told.serial, name) if alias]  # the first one is shown
    subject = subjects.introduce("asset", label=tag, aliases=aliases, now=now)
    asset = Asset.objects.create(
        subject=subject,
        tag=tag,
        name=name,
        serial=hardware.text(bios.get("ssn"), 100) if told.serial else "",
        type=type_ or hardware.UNSURE,
        site=site,
        to_review=type_ is None,
        first_seen_at=now,
        seen_at=now,
    )
    describe(asset, at=now)
    remember(asset, told, (), whole=not report.partial, now=now)
    note("register_asset", subject.uuid, actor=None, now=now, tag=(None, tag))
    return asset


def _next_number() -> int:
    counter = Counter.objects.filter(prefix=PREFIX)
    # The UPDATE holds the row until the commit, so that nobody else reads the same number.
    if not counter.update(last=F("last") + 1):
        Counter.objects.get_or_create(prefix=PREFIX)
        counter.update(last=F("last") + 1)
    return counter.values_list("last", flat=True).get()


def _same_minute(one: datetime, other: datetime) -> bool:
    return abs((other - one).total_seconds()) < 60
