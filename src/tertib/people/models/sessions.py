"""Who is signed in, where: the session's row itself, so that ending it is deleting it."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from tertib.people.models.persons import User


class Session(AbstractBaseSession):
    """One browser that is signed in. In no backup: who restores signs in again."""

    # How its owner names it: the key stays a secret. Not unique: a session that gets a new key has
    # two rows for a moment.
    uuid = models.UUIDField(default=uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # to some minutes
    place = models.CharField(max_length=45, blank=True)  # the address it came from
    browser = models.CharField(max_length=60, blank=True)

    objects: ClassVar[Any] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        indexes = [models.Index(fields=["person"], name="people_session_person")]
