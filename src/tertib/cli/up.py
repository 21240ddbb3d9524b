"""`tertib up`: everything, in one terminal. Ctrl-C stops it; what dies meanwhile comes back."""

import argparse
import errno
import gc
import socket
import sys
import time
from contextlib import closing
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tertib.cli import web
from tertib.cli.demo import sensors
from tertib.cli.first_start import Welcome, first_start
from tertib.cli.folder import claimed, recovery_words
from tertib.cli.keep import told_again
from tertib.cli.migrating import bring_up_to_date
from tertib.cli.supervisor import Supervisor, fork
from tertib.cli.vault import written_down
from tertib.jobs import processes
from tertib.jobs.models import LANES
from tertib.lib.errors import Refused
from tertib.people import erased
from tertib.people.actions import erase_again
from tertib.people.models import Company

PORT_FREE_WITHIN_S = 3  # a Tertib that was killed just now lets go of it


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    up = subparsers.add_parser(
        "up",
        help=_("run everything: web server and worker"),
        epilog=_("--data FOLDER: where everything is kept (else TERTIB_DATA)"),
    )
    web.add_address(up)
    up.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    with claimed(settings.DATA):
        wait_for_port(chosen.host, chosen.port)
        say(_("Data folder: %(folder)s") % {"folder": settings.DATA})
        words = recovery_words(settings.DATA)
        if backup := bring_up_to_date(timezone.now()):
            say(_("Backed up before the update: %(file)s") % {"file": backup})
        for line in told_again(erase_again(now=timezone.now())):  # before a page is served
            say(line)
        erased.write_down()
        welcome = first_start(timezone.now())
        supervisor = Supervisor(tell=told_of_an_end)
        supervisor.add("web", lambda: serve(chosen), settings.LOGS / "web.log")
        supervisor.add("worker", work, settings.LOGS / "worker.log")
        if Company.objects.filter(is_demo=True).exists():
            supervisor.add("demo", sensors.run, settings.LOGS / "demo.log")
        local = f"http://{reachable(chosen.host)}:{chosen.port}"
        make_ready_to_fork()
        supervisor.run(started=lambda: fork("greeter", lambda: greet(local, welcome, words)))
        say(_("Stopped."))


def serve(chosen: argparse.Namespace) -> None:
    translation.deactivate()  # the terminal's language is nobody else's
    web.run(chosen)


def work() -> int:
    translation.deactivate()
    return processes.run(LANES)


def make_ready_to_fork() -> None:
    """Leave nothing open that two processes must not share, and what they may, untouched."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        getattr(connection, "close_pool", lambda: None)()  # its threads do not survive a fork
    gc.freeze()


def wait_for_port(host: str, port: int) -> None:
    """Return when the address can be listened on. Raise Refused if it can't."""
    until = time.monotonic() + PORT_FREE_WITHIN_S
    while error := listening_fails(host, port):
        if error.errno != errno.EADDRINUSE or time.monotonic() > until:
            raise Refused(
                _("Can't listen on %(host)s port %(port)s: %(reason)s. Name another with --port.")
                % {"host": host, "port": port, "reason": error.strerror}
            )
        time.sleep(0.1)


def listening_fails(host: str, port: int) -> OSError | None:
    try:
        [(family, kind, _proto, _name, address), *_rest] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def reachable(host: str) -> str:
    """Return the name under which this machine's browser reaches that address."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def greet(local: str, welcome: Welcome, words: list[str]) -> None:
    """Wait for the first answer, then say where everything is."""
    home = settings.URL or local
    while True:
        try:
            urlopen(f"{local}/health", timeout=5).close()  # noqa: S310 our own address
            break
        except (URLError, OSError):
            time.sleep(0.05)
    if words:
        say(written_down(words))
    if welcome.link:
        say(
            _("Open this once to become the administrator: %(link)s")
            % {"link": home + welcome.link}
        )
    if welcome.enrolment:
        link = home + welcome.enrolment
        told = _("Inventory agents of %(site)s report to: %(link)s")
        say(told % {"site": welcome.site, "link": link})
    say(_("Tertib answers at %(home)s. Ctrl-C stops it.") % {"home": home})


def told_of_an_end(name: str, code: int, pause: float) -> None:
    say(
        _("%(name)s ended (%(code)s), starts again in %(pause)g s. What it said: %(log)s")
        % {"name": name, "code": code, "pause": pause, "log": settings.LOGS / f"{name}.log"}
    )


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
