"""Somebody who follows every link there is: one of each kind of page."""

import re
from collections import Counter
from html import unescape

from django.test import Client
from django.urls import Resolver404, resolve

from tertib.people.models import User

HREF = re.compile(r'<a[^>]*\shref="([/?][^"#]*)')
OF_A_KIND = 1


def walk(person: User) -> dict[str, int]:
    """Return each page that person can come to from the first one, with its status."""
    client = Client()
    client.force_login(person)
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[str, int] = {}
    ahead = ["/"]
    while ahead:
        address = ahead.pop(0)
        path, _mark, query = address.partition("?")
        try:
            name = resolve(path).view_name
        except Resolver404:
            found[address] = 404
            continue
        kind = (name, *sorted(part.split("=")[0] for part in query.split("&")))
        if address in found or seen[kind] == OF_A_KIND:
            continue
        seen[kind] += 1
        answer = client.get(address)
        found[address] = answer.status_code
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            ahead += [_whole(unescape(to), path) for to in HREF.findall(answer.content.decode())]
    return found


def _whole(to: str, path: str) -> str:
    return f"{path}{to}" if to.startswith("?") else to
