from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "tertib.work"

    def ready(self) -> None:
        from tertib.work import panels, personal  # it needs the models

        panels.register()
        personal.register()
