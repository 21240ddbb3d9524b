from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "tertib.governance"

    def ready(self) -> None:
        from tertib.governance import evidence as evidence  # claims its kinds
        from tertib.governance import matters, panels, personal, telling, trail

        telling.topics()
        matters.register()
        panels.register()
        trail.register()
        personal.register()
