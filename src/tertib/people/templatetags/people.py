from django import template

from tertib.people.forms import INDONESIA
from tertib.people.words import role_names

register = template.Library()


@register.filter
def role_name(role: str) -> str:
    return role_names().get(role, role)


@register.filter
def zone_words(zone: str) -> str:
    """Say a zone as it is chosen: WITA · Makassar."""
    return dict(INDONESIA).get(zone, zone.replace("_", " "))
