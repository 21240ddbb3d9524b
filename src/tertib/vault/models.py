from django.db import models
from django.db.models import Q

from tertib.vault.fields import SecretField


class Canary(models.Model):
    """One known secret: if it can't be opened at a start, the keyring is not this database's."""

    text = SecretField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="vault_one_canary")]

    def __str__(self) -> str:
        return "canary"
