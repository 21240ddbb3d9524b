"""What a people list did, kept for a day so that it can be undone as a whole."""

from uuid import uuid4

from django.db import models


class ListLoad(models.Model):
    """A people list, or a look into the directory, that was carried out."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    by = models.UUIDField(null=True)  # None: it ran by itself, or from the command line
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="people_list_age")]

    def __str__(self) -> str:
        return f"list of {self.at:%Y-%m-%d %H:%M}"


class ListChange(models.Model):
    """What it did to one person, and what was so before."""

    load = models.ForeignKey(ListLoad, models.CASCADE, related_name="changes")
    person = models.UUIDField()
    kind = models.CharField(max_length=6)  # join, back, change, leave
    before = models.JSONField()  # fields, roles and spans
    made = models.JSONField(default=dict)  # spans that began with it: model: [pk]
    marks = models.JSONField(default=dict)  # the last rows about the person when it was done
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.person}"
