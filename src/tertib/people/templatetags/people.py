from django import template

from tertib.people.words import role_names

register = template.Library()


@register.filter
def role_name(role: str) -> str:
    return role_names().get(role, role)
