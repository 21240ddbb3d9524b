from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "tertib.agents"

    def ready(self) -> None:
        from tertib.agents import panels, personal, trail

        panels.register()
        trail.register()
        personal.register()
