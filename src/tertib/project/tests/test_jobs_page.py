"""The page about jobs: what runs, how far it is, what has failed and why, and running it again."""

from datetime import UTC, datetime
from html import unescape
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tertib.audit.models import Entry
from tertib.jobs import actions, progress, schedule
from tertib.jobs.models import Job
from tertib.jobs.pages import plain
from tertib.lib.errors import Refused
from tertib.people.actions import add_person, first_start
from tertib.people.models import User

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PAGE, BACKUP = "/pengaturan/pekerjaan", "tertib.keep.tasks.back_up_nightly"
MOST = 12


def hire(role: str) -> User:
    return add_person(
        full_name=f"Citra {role}",
        email=f"{role}@example.com",
        site=first_start(NEW_YEAR),
        role=role,
        by=None,
        now=NEW_YEAR,
    )


@pytest.fixture
def admin(client: Client) -> User:
    person = hire("admin")
    client.force_login(person)
    return person


def running(task: str = BACKUP) -> Job:
    now = timezone.now()
    actions.put(task=task, lane="heavy", now=now)
    job = actions.claim("heavy", worker="w", now=now)
    assert job
    return job


def fail(job: Job, error: Exception) -> Job:
    """Let a job fail for good."""
    while job.status != Job.Status.FAILED:
        actions.fail(job, error, now=timezone.now())
        job.refresh_from_db()
        if job.status == Job.Status.READY:
            job = actions.claim("heavy", worker="w", now=job.run_at) or job
    return job


def page(client: Client) -> str:
    return " ".join(unescape(client.get(PAGE).content.decode()).split())


def test_it_shows_what_runs_and_how_far_it_is(admin: User, client: Client) -> None:
    job = running()
    progress.tell(3, 12)
    assert actions.hold(job, now=timezone.now())
    progress.forget()
    shown = page(client)
    assert "Backup malam" in shown
    assert "3 dari 12, 25%" in shown


def test_how_far_a_job_was_does_not_stick_to_the_next_one(admin: User) -> None:
    progress.tell(5, 4)
    assert progress.told() == (4, 4)
    progress.forget()
    job = running()
    actions.hold(job, now=timezone.now())
    job.refresh_from_db()
    assert (job.done, job.total) == (None, None)


def test_a_failure_is_told_in_plain_words_and_runs_again(admin: User, client: Client) -> None:
    job = fail(running(), Refused("Tidak ada ruang untuk backup."))
    assert "Tidak ada ruang untuk backup." in page(client)
    assert client.post(f"{PAGE}/{job.pk}/lagi").status_code == 302
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.READY, 0)
    line = Entry.objects.get(action="retry_job")
    assert (line.actor, line.subject) == (admin.uuid, UUID(job.pk))
    assert client.post(f"{PAGE}/{job.pk}/lagi").status_code == 409  # it waits already


def test_what_a_program_says_is_masked_and_a_full_disk_is_told_as_one(admin: User) -> None:
    why, said = plain({"class": "builtins.OSError", "traceback": "OSError: No space left"})
    assert "Disk penuh" in why or "disk is full" in why
    assert said == "OSError: No space left"
    token = "Authorization: Bearer abcdefghijklmnop0123456789"
    _why, said = plain({"class": "builtins.ValueError", "traceback": f"ValueError: {token}"})
    assert "abcdefghijklmnop0123456789" not in said


def test_a_schedule_runs_before_its_time_once(admin: User, client: Client) -> None:
    for _press in range(2):
        assert client.post(f"/pengaturan/jadwal/{BACKUP}/jalankan").status_code == 302
    assert Job.objects.filter(task=BACKUP, status=Job.Status.READY).count() == 1
    assert client.post("/pengaturan/jadwal/os.system/jalankan").status_code in (404, 409)
    assert not Job.objects.filter(task="os.system").exists()


def test_each_schedule_has_a_name_its_last_and_its_next_run(admin: User, client: Client) -> None:
    actions.tick(now=timezone.now())
    job = running()
    actions.finish(job, "done", now=timezone.now())
    shown = page(client)
    assert "setiap hari pukul 01.30 WIB" in shown
    for name in schedule.scheduled:
        assert schedule.called(name) in shown
        assert name in schedule._called, f"say in its tasks.py how {name} is called"


def test_a_technician_reads_it_and_runs_nothing(client: Client) -> None:
    client.force_login(hire("helpdesk"))
    assert "Jalankan" not in page(client)
    job = fail(running(), ValueError("x"))
    assert client.post(f"{PAGE}/{job.pk}/lagi").status_code == 403
    client.force_login(hire("pengguna"))
    assert client.get(PAGE).status_code == 403


def test_it_stays_within_its_statements(admin: User, client: Client) -> None:
    actions.tick(now=timezone.now())
    for _n in range(40):
        actions.put(task=BACKUP, lane="heavy", now=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert len(asked) <= MOST
