"""A person's browser, for tests against a real server: it needs no JavaScript, as no page does."""

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from tertib.cli.tests.house import House
from tertib.project.tests.installation import words


class Browser:
    """Keeps cookies and fills in the forms that a page holds."""

    def __init__(self, house: House) -> None:
        self.home = f"http://127.0.0.1:{house.port}"
        self.jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar))

    def html(self, path: str) -> str:
        with self._opener.open(self.home + path, timeout=30) as page:
            return str(page.read().decode())

    def page(self, path: str) -> str:
        return words(self.html(path))

    def send(self, path: str, **fields: str) -> str:
        """Fill in the form of that page; return the path where it leads."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token(path)}).encode()
        with self._opener.open(self.home + path, body, timeout=30) as page:
            return str(urlsplit(page.url).path)

    def token(self, path: str) -> str:
        """What the form of that page has to send along."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.html(path))
        assert found
        return found[1]

    @property
    def cookies(self) -> str:
        """As a request's header names them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
