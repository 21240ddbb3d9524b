"""`tertib web`: the web server alone, for a service manager of one's own. `up` runs the same."""

import argparse
import os

from django.urls import get_resolver
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS = 64  # in each process; few work at a time, the others wait for bodies: project.bodies


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("web", help=_("run the web server alone"))
    add_address(verb)
    verb.set_defaults(run=run)


def add_address(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--host", default="127.0.0.1", help=_("address to listen on (0.0.0.0: all)"))
    verb.add_argument(
        "--port",
        type=int,
        default=8000,
        choices=range(1, 65536),
        metavar="PORT",
        help=_("port to listen on (8000)"),
    )


def run(chosen: argparse.Namespace) -> None:
    get_resolver().url_patterns  # noqa: B018 the views, loaded once before the server forks
    Server(
        "tertib.project.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,  # an open keep-alive connection does not hold a stop back
        log_level=LogLevels.warning,
    ).serve()
