from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from tertib.cli.postgresql import free_port
from tertib.cli.tests.house import House

type Start = Callable[..., House]


@pytest.fixture
def start(django_db_setup: None, tmp_path: Path) -> Iterator[Start]:
    """Start houses on one empty database of the kind that the suite runs on."""
    described, environ, houses = connections["default"].settings_dict, {"DATABASE_URL": ""}, []
    name = f"up_{uuid4().hex}"
    if connections["default"].vendor == "postgresql":
        place = f"postgresql://{described['USER']}@{described['HOST']}:{described['PORT']}"
        with psycopg.connect(f"{place}/postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        environ["DATABASE_URL"] = f"{place}/{name}"

    def up(folder: str = "data", port: int = 0) -> House:
        houses.append(House.up(tmp_path / folder, port or free_port(), environ))
        return houses[-1]

    yield up
    for house in houses:
        if house.process.poll() is None:
            house.stop()
    if environ["DATABASE_URL"]:
        with psycopg.connect(f"{place}/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
