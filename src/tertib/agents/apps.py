from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "tertib.agents"
