from django.apps import AppConfig
from django.utils import timezone

from tertib.access import policy
from tertib.notify import directory


class SopConfig(AppConfig):
    name = "tertib.sop"

    def ready(self) -> None:
        from tertib.sop import promises, versions  # models are ready only now

        directory.register_calendar(lambda day: promises.works_on(day, timezone.now()))
        policy.offer_roles(lambda: versions.parents(timezone.now()))
        policy.offer_names(lambda language: versions.role_names(timezone.now(), language))
