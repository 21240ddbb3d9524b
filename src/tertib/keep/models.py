"""What is known of the backups besides their files: when each was last read back."""

from django.db import models


class Checked(models.Model):
    """A backup that was read back after it was made, by the name of its file."""

    name = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    fault = models.CharField(max_length=500, blank=True)  # "": it is whole

    def __str__(self) -> str:
        return f"{self.name} {self.fault or 'whole'}"
