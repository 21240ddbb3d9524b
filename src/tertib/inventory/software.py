"""The installed software of a machine, as rows over titles and releases that all machines share."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Count

from tertib.agents.registry import Changes
from tertib.evidence.models import Subject
from tertib.inventory.models import Asset, Installed, Release, Title
from tertib.inventory.titles import Named, named


def take(subject: Subject, changes: Changes, now: datetime) -> None:
    """Write the difference between what is installed and what was."""
    change = changes["softwares"]
    asset = Asset.objects.only("pk").get(subject=subject)
    told = {found.release_key: found for found in map(named, change.content) if found}
    releases = _releases(told)
    before = set(Installed.objects.filter(asset=asset).values_list("release_id", flat=True))
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


def _known(model: type[Release] | type[Title], keys: Iterable[str]) -> dict[str, int]:
    return dict(model._default_manager.filter(key__in=list(keys)).values_list("key", "pk"))
