"""Check at each start that the keyring fits the database; put secrets under a new key."""

import logging
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from tertib.vault import keyring
from tertib.vault.fields import LostSecret, Sealed, SecretField, seal, unseal
from tertib.vault.models import Canary

log = logging.getLogger(__name__)

SONG = "The keyring fits this database."


def check() -> None:
    """Sing, or let the canary hatch at the first start. Raise LostSecret or BadKeyring."""
    canary = Canary.objects.filter(pk=1).first()
    if canary is None:
        Canary.objects.create(pk=1, text=SONG)
    elif canary.text != SONG:
        raise LostSecret("The canary sings another song.")


def lost() -> list[str]:
    """Return the place of every secret that the keyring can't open: "people.Company.x:1"."""
    found = []
    for row, field in secrets():
        try:
            getattr(row, field.attname)
        except LostSecret:
            found.append(field.place(row))
    return found


def forget_lost() -> list[str]:
    """Empty what can't be opened any more (restored without the keyring); return the places."""
    places = lost()
    if any(place.startswith(Canary._meta.label) for place in places):
        Canary.objects.all().delete()
        check()
    for row, field in list(secrets()):
        if not isinstance(row, Canary) and field.place(row) in places:
            type(row)._default_manager.filter(pk=row.pk).update(**{field.attname: None})
    return places


def rotate() -> list[str]:
    """Make a new key, put every secret under it and return its recovery words.

    The key before stays in the keyring: signatures made with it still count, and a run that broke
    off leaves nothing unreadable. Raise LostSecret before anything changes.
    """
    if places := lost():
        raise LostSecret(f"These secrets cannot be opened: {', '.join(places)}")
    needed = frozenset(_sealed(row, field).key_id for row, field in secrets())
    words = keyring.add_root(settings.KEYRING, needed=needed)
    for row, field in secrets():
        _reseal(row, field)
    return words


def secrets() -> Iterator[tuple[models.Model, SecretField]]:
    """Yield every stored secret of the installation."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SecretField):
                stored = model._default_manager.exclude(**{f"{field.attname}__isnull": True})
                for row in stored.order_by("pk").iterator(100):
                    yield row, field


@transaction.atomic
def _reseal(row: models.Model, field: SecretField) -> None:
    """Seal one row's secret anew, unless somebody stored another one meanwhile."""
    old, place = _sealed(row, field), field.place(row)
    same = type(row)._default_manager.filter(**{"pk": row.pk, field.attname: old})
    new = seal(unseal(old, place=place), place=place)
    if not same.update(**{field.attname: new}):
        log.info("secret_changed_meanwhile", extra={"place": place})


def _sealed(row: models.Model, field: SecretField) -> Sealed:
    value: Sealed = row.__dict__[field.attname]
    return value
