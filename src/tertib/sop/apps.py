from django.apps import AppConfig
from django.utils import timezone

from tertib.access import policy


class SopConfig(AppConfig):
    name = "tertib.sop"

    def ready(self) -> None:
        from tertib.sop import versions  # models are ready only now

        policy.offer_roles(lambda: versions.parents(timezone.now()))
