"""The database that a test may commit to, kill and share with other processes."""

import subprocess
import sys
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection


def add(name: str) -> None:
    ContentType.objects.create(app_label="tests", model=name)
    connection.close()


def test_another_thread_and_another_process_see_what_was_committed(own_database: Any) -> None:
    writer = Thread(target=add, args=["from_a_thread"])
    writer.start()
    writer.join()
    asked = "import django; django.setup(); from django.contrib.contenttypes.models import *; "
    asked += "print(ContentType.objects.filter(app_label='tests').get().model)"
    answer = subprocess.run(
        [sys.executable, "-c", asked], env=own_database.environ, capture_output=True, check=True
    )
    assert answer.stdout.strip() == b"from_a_thread"


@pytest.mark.django_db
def test_nothing_of_it_is_left_for_the_next_test() -> None:
    assert not ContentType.objects.filter(app_label="tests").exists()


@pytest.mark.service("postgresql")
def test_a_real_postgresql_answers(postgresql: str) -> None:
    with psycopg.connect(postgresql) as server:
        assert server.execute("SELECT 1").fetchone() == (1,)
