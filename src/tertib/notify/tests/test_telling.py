"""What is told is a row in the caller's transaction; what goes out is one digest a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from tertib.notify import actions
from tertib.notify.models import Channel, Delivery, Line, Notice
from tertib.notify.tests.conftest import TUESDAY_10AM, Post, Worker, tell
from tertib.people.models import User


def test_told_twice_under_the_same_key_is_told_once(ani: User) -> None:
    assert tell(ani, "TGS-1")
    assert not tell(ani, "TGS-1")
    assert Notice.objects.count() == 1


def test_many_are_told_at_once_and_old_ones_passed_over(ani: User) -> None:
    tell(ani, "TGS-1")
    told = [actions.Told(ani.uuid, "test.task", f"TGS-{n}", {"number": n}) for n in range(1, 4)]
    actions.tell_many(told, now=TUESDAY_10AM)
    assert Notice.objects.count() == 3


def test_what_is_rolled_back_was_never_told(ani: User) -> None:
    with transaction.atomic():
        assert tell(ani, "TGS-1")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_a_topic_without_words_and_a_link_that_leads_away_are_bugs(ani: User) -> None:
    with pytest.raises(KeyError):
        actions.tell(ani.uuid, "no.such", "1", {}, urgent=False, now=TUESDAY_10AM)
    away = {"number": 1, "url": "https://elsewhere.example.com"}
    with pytest.raises(ValueError, match="no path"):
        actions.tell(ani.uuid, "test.task", "1", away, urgent=False, now=TUESDAY_10AM)


def test_a_secret_in_the_data_is_masked_before_it_is_written(ani: User) -> None:
    data = {"number": "TGS-1", "text": "password: hunter2hunter2"}
    actions.tell(ani.uuid, "test.task", "1", data, urgent=False, now=TUESDAY_10AM)
    assert "hunter2" not in str(Notice.objects.values())


def test_hundreds_of_things_told_to_three_people_are_three_mails(
    mail: Channel, post: Post, worker: Worker, hire: Callable[..., User]
) -> None:
    """Semantics 7: one digest per person and run."""
    team = [hire(f"Petugas{n}") for n in range(3)]
    for report in range(200):
        tell(team[report % 3], f"TGS-{report}")
    assert worker.run() == 0  # nothing is due within the day: it waits for the digest
    worker.later(days=1)
    assert worker.run() == 3
    assert sorted(post.sent_to) == [f"Petugas{n} <petugas{n}@example.com>" for n in range(3)]
    assert worker.run() == 0


def test_what_is_urgent_goes_at_once_and_what_follows_is_collected(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 1
    for n in range(2, 50):
        tell(ani, f"TGS-{n}", urgent=True, now=worker.later(seconds=10))
        assert worker.run() == 0
    worker.later(minutes=2)
    assert worker.run() == 1
    assert [str(sent["Subject"]) for sent in post.mails] == [
        "TGS-1 milik Anda",
        "48 pemberitahuan: TGS-2 milik Anda",
    ]
    assert not Line.objects.filter(delivery=None).exists()


def test_each_reads_it_in_their_own_language(
    mail: Channel, post: Post, worker: Worker, ani: User, dewi: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    tell(dewi, "TGS-1", urgent=True)
    worker.run()
    assert sorted(str(sent["Subject"]) for sent in post.mails) == [
        "TGS-1 is yours",
        "TGS-1 milik Anda",
    ]


def test_who_switched_a_topic_off_gets_no_mail_of_it_but_finds_it_in_the_app(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    hours = {"digest_at": "07:30", "quiet_from": "21:00", "quiet_until": "06:00"}
    actions.choose(ani.uuid, set(), rhythm=hours)  # type: ignore[arg-type]
    tell(ani, "TGS-1", urgent=True)
    data = {"number": "TGS-2"}
    actions.tell(ani.uuid, "test.raised", "2", data, urgent=True, now=TUESDAY_10AM)
    worker.run()
    assert [str(sent["Subject"]) for sent in post.mails] == ["TGS-2 milik Anda"]  # required
    assert Notice.objects.filter(person=ani.uuid, read_at=None).count() == 2


def test_who_left_gets_nothing_any_more(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    tell(ani, "TGS-1")
    worker.run()
    User.objects.filter(pk=ani.pk).update(is_active=False, left_at=TUESDAY_10AM)
    worker.later(days=1)
    assert worker.run() == 0
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_what_was_told_long_ago_is_not_sent_when_a_channel_comes(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    """A demo fills twelve months; an admin sets the mail server afterwards."""
    tell(ani, "TGS-1", urgent=True, now=TUESDAY_10AM - timedelta(days=30))
    assert worker.run() == 0
    assert not Line.objects.exists()
    assert Notice.objects.shown().count() == 1
