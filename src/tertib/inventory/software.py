"""The installed software of a machine, as rows over titles and releases that all machines share."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import batched

from django.db import connection
from django.db.models import Count

from tertib.agents.registry import Changes
from tertib.evidence.dialect import among
from tertib.inventory.models import Asset, Installed, Release, Title
from tertib.inventory.titles import Named, named

AT_ONCE = 5_000  # keys in one question: SQLite takes 32,766, PostgreSQL 65,535


def take(asset: Asset, changes: Changes, now: datetime) -> None:
    """Write the difference between what is installed and what was."""
    change = changes["softwares"]
    told = {found.release_key: found for found in map(named, change.content) if found}
    releases = _releases(told)
    before = _installed(asset.pk)
    now_there = set(releases.values())
    if gone := before - now_there if change.whole else set():
        Installed.objects.filter(asset=asset, release_id__in=gone).delete()
    come = now_there - before
    _install(asset.pk, come)
    if gone or come:
        if change.whole:
            titles = len({found.title_key for found in told.values()})
        else:
            installed = Installed.objects.filter(asset=asset)
            titles = installed.aggregate(n=Count("release__title", distinct=True))["n"]
        Asset.objects.filter(pk=asset.pk).update(titles=titles)
        asset.titles = titles


def _installed(asset: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT release_id FROM inventory_installed WHERE asset_id = %s", [asset])
        return {release for (release,) in cursor.fetchall()}


def _install(asset: int, releases: Iterable[int]) -> None:
    """Insert a thousand rows of two numbers: as objects they would take most of a first report's
    time, under the lock that every other writer waits for.
    """
    rows = [(asset, release) for release in sorted(releases)]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO inventory_installed (asset_id, release_id) VALUES (%s, %s)", rows
            )


def _releases(told: dict[str, Named]) -> dict[str, int]:
    """Return the id of each release by its key; those nobody has reported before are made."""
    known = _known(Release, told)
    missing = [found for key, found in told.items() if key not in known]
    if not missing:
        return known
    titles = _titles(missing)
    # In the order of their keys: two reports never wait for each other in a circle.
    Release.objects.bulk_create(
        (
            Release(
                key=new.release_key,
                title_id=titles[new.title_key],
                version=new.version,
                arch=new.arch,
                raw_name=new.raw_name,
            )
            for new in sorted(missing, key=lambda new: new.release_key)
        ),
        ignore_conflicts=True,
    )
    return known | _known(Release, [new.release_key for new in missing])


def _titles(missing: Iterable[Named]) -> dict[str, int]:
    by_key = {new.title_key: new for new in missing}
    known = _known(Title, by_key)
    new = [by_key[key] for key in sorted(by_key.keys() - known.keys())]
    if not new:
        return known
    Title.objects.bulk_create(
        (
            Title(key=one.title_key, source=one.source, name=one.name, publisher=one.publisher)
            for one in new
        ),
        ignore_conflicts=True,
    )
    return known | _known(Title, [one.title_key for one in new])


def _known(model: type[Release] | type[Title], keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for some in batched(keys, AT_ONCE, strict=False):
            those, values = among("key", some)
            cursor.execute(
                f"SELECT key, id FROM {model._meta.db_table} WHERE {those}",  # noqa: S608 (names of tables only)
                values,
            )
            found.update(cursor.fetchall())
    return found
