from django.apps import AppConfig


class KeepConfig(AppConfig):
    name = "tertib.keep"

    def ready(self) -> None:
        from tertib.keep import personal  # it needs the models

        personal.register()
