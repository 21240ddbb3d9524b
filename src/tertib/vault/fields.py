"""SecretField: text that is useless without the keyring, and outside its own row."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from tertib.vault import keyring


class LostSecret(Exception):
    """A stored secret cannot be opened: its key is lost, or it belongs to another row.

    Never shown as text, never taken for empty: whoever needs it must hear of it.
    """


@dataclass(frozen=True)
class Sealed:
    """What is stored: the id of the key, and the text under it."""

    stored: str

    @property
    def key_id(self) -> str:
        return self.stored.partition(":")[0]

    def __str__(self) -> str:
        return "…"

    __repr__ = __str__


def seal(text: str, *, place: str) -> Sealed:
    """Close a text with the newest key of the keyring, for that place alone."""
    root = keyring.read(settings.KEYRING)[0]
    return Sealed(f"{root.id}:{_fernet(root, place).encrypt(text.encode()).decode()}")


def unseal(sealed: Sealed, *, place: str) -> str:
    """Open what was sealed for that place. Raise LostSecret, naming the place and the key."""
    key_id, _, token = sealed.stored.partition(":")
    roots = [root for root in keyring.read(settings.KEYRING) if root.id == key_id]
    if not roots:
        raise LostSecret(f"{place} needs the key {key_id}, which the keyring does not hold")
    try:
        return MultiFernet([_fernet(root, place) for root in roots]).decrypt(token).decode()
    except InvalidToken as error:
        raise LostSecret(f"{place} is damaged, or was sealed for another place") from error


if TYPE_CHECKING:
    TextField = models.TextField[Any, Any]
else:
    TextField = models.TextField


class SecretField(TextField):
    """Text at rest under the keyring. A row must have its key before the secret is stored.

    bound_to names the field that says which row it is: one that never changes.
    """

    holds_secret = True  # a backup takes it as it is stored

    def __init__(self, *args: Any, bound_to: str = "pk", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound_to = bound_to

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound_to": self.bound_to}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Opened(self))

    def place(self, row: models.Model) -> str:
        key = getattr(row, self.bound_to)
        if key is None:
            raise ValueError(f"{row._meta.label}.{self.name}: the row has no {self.bound_to} yet")
        return f"{row._meta.label}.{self.name}:{key}"

    def from_db_value(self, value: str | None, *_args: Any) -> Sealed | None:
        return Sealed(value) if value else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, str) and value:
            value = seal(value, place=self.place(model_instance))
            model_instance.__dict__[self.attname] = value
        return value or None

    def get_prep_value(self, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):  # update(secret="…"), filter(secret="…")
            raise TypeError(f"{self.name} is stored by saving its row only")
        return value.stored


class _Opened:
    """Opens a secret when somebody asks the row for it, not before."""

    def __init__(self, field: SecretField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, Sealed):
            return unseal(value, place=self.field.place(row))
        return value

    def __set__(self, row: models.Model, value: str | Sealed | None) -> None:
        row.__dict__[self.field.attname] = value


def _fernet(root: keyring.Root, place: str) -> Fernet:
    return Fernet(urlsafe_b64encode(root.key(f"secret {place}")))
