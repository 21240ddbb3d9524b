from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "tertib.compliance"

    def ready(self) -> None:
        from tertib.compliance import panels  # it needs the models

        panels.register()
