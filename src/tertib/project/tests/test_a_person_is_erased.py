"""Somebody who left is forgotten: no trace of the name in the database, and every seal holds."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import CASCADE
from django.test import Client

from tertib.audit.models import Entry
from tertib.compliance import actions as engine
from tertib.compliance.explain import explain
from tertib.compliance.recompute import recompute
from tertib.evidence import ledger, seals, subjects
from tertib.evidence.models import Fact, Subject
from tertib.evidence.vocabulary import kind
from tertib.governance.actions import acknowledge, ask_resource
from tertib.governance.asking import asked
from tertib.governance.models import Acknowledgement
from tertib.lib.errors import Refused
from tertib.people import actions, codes, erasing
from tertib.people.actions import roster as lists
from tertib.people.actions import undoing
from tertib.people.models import ListLoad, RecoveryCode, Site, User
from tertib.sop.actions import approve, publish_shipped
from tertib.sop.models import Version
from tertib.vault import keyring
from tertib.work.actions import attach, comment, open_task
from tertib.work.models import Comment

NAME, EMAIL, EARLIER = "Zoë Wulandari", "zoe.wulandari@contoh.test", "Zoë Kusumawardhani"
TRACES = ("wulandari", "kusumawardhani")
PASSWORD = "tujuh ikan berenang pelan"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
DAY = timedelta(days=1)


def everything() -> str:
    """Return the whole database as text, in small letters."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 our own tables
            told.append(f"{table}: {cursor.fetchall()!r}")
    return "\n".join(told).lower()


class Office:
    def __init__(self, clock: Any) -> None:
        self.clock, self.site = clock, first_site(clock.now)
        self.admin = self.hire("Citra Halim", "citra@contoh.test", "admin")
        self.boss = self.hire("Sri Rahayu", "sri@contoh.test", "manajemen")
        self.head = self.hire("Dewi Anggraini", "dewi@contoh.test", "kepala_ti")
        self.zoe = self.hire(EARLIER, EMAIL, "helpdesk", password=PASSWORD)

    def hire(self, name: str, email: str, role: str, password: str | None = None) -> User:
        return actions.add_person(
            full_name=name,
            email=email,
            site=self.site,
            role=role,
            password=password,
            joined_at=self.clock.now,
            by=None,
            now=self.clock.now,
        )

    def browser(self, person: User, language: str = "en") -> Client:
        client = Client()
        client.force_login(person)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    def lets_her_go(self) -> None:
        actions.leave(self.zoe, left_at=self.clock.now, by=self.admin, now=self.clock.now)

    def erases(self, typed: str = NAME) -> Any:
        path = f"/orang/{self.zoe.uuid}/hapus"
        return self.browser(self.admin).post(path, {"name": typed})


def first_site(now: datetime) -> Site:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    site = actions.first_start(now)
    publish_shipped(now)
    return site


@pytest.fixture
def office(db: None, clock: Any) -> Office:
    clock.now = datetime(2026, 1, 5, 2, tzinfo=UTC)
    return Office(clock)


@pytest.fixture
def a_working_life(office: Office) -> Office:
    """She signed in, wrote and was written about, decided, proved; then she left."""
    zoe, now = office.zoe, office.clock.now
    actions.change_person(
        zoe, full_name=NAME, site=office.site, team="tim_ti", by=office.admin, now=now
    )
    browser = office.browser(zoe)
    browser.get("/akun")
    approve(Version.objects.get(), by=office.boss.uuid, now=now)
    ask = asked(now)
    assert ask
    acknowledge(zoe, digest=ask.version.digest, now=now)
    task = open_task(
        title=f"Ganti kunci {NAME}",
        text=f"Tanya zoë  wulandari ({EMAIL})",
        due_by=now + DAY,
        owner=zoe,
        by=office.head,
        now=now,
    )
    comment(task, f"Sudah, kata {NAME.upper()}.", by=office.head, now=now)
    comment(task, "Akun CONTOH\\zoe.wulandari ditutup", by=zoe, now=now)
    attach(task, name=f"{NAME}.txt", chunks=[b"isi"], by=zoe, now=now)
    ask_resource(f"Laptop {NAME}", reason=f"{NAME} perlu", amount=1, by=zoe, now=now)
    subjects.introduce("asset", label=f"Laptop {NAME}", now=now)
    actions.give_role(
        zoe, "jaringan", by=office.admin, now=now, reason=f"{NAME} menggantikan {office.head}"
    )
    actions.person_link(zoe, by=office.admin, now=now)
    step = int(now.timestamp()) // 30
    assert actions.confirm_key(zoe, SECRET, codes.code(SECRET, step), now=now)
    subject = Subject.objects.get(pk=zoe.uuid)
    ledger.record(kind("training.passed"), subject, occurred_at=now, body={"topics": ["dasar"]})
    office.clock.now += 30 * DAY
    office.lets_her_go()
    engine.tick(ledger.now())
    seals.seal(ledger.now() + DAY)
    return office


def test_no_trace_of_the_name_is_left_and_every_seal_holds(a_working_life: Office) -> None:
    office = a_working_life
    before = everything()
    assert all(trace in before for trace in TRACES)
    facts = list(Fact.objects.values_list("seq", "digest"))
    standings = explain("trn.users", now=ledger.now())
    answer = office.erases()
    assert answer.headers["Location"] == f"/orang/{office.zoe.uuid}"
    after = everything()
    assert [(trace, near(after, trace)) for trace in TRACES if trace in after] == []
    assert list(Fact.objects.values_list("seq", "digest")) == facts
    assert seals.verify().faults == ()
    assert recompute().equal
    told = explain("trn.users", now=ledger.now())
    assert str(standings).replace(NAME, pseudonym(office)) == str(told)


def near(text: str, trace: str) -> str:
    at = text.index(trace)
    return text[max(0, at - 120) : at + 60]


def pseudonym(office: Office) -> str:
    return f"Orang {office.zoe.pk:04}"


def test_what_proves_the_sop_stays_under_the_pseudonym(a_working_life: Office) -> None:
    office = a_working_life
    office.erases()
    page = office.browser(office.admin).get(f"/orang/{office.zoe.uuid}").content.decode()
    assert pseudonym(office) in page
    assert "dihapus.invalid" not in page
    found = office.browser(office.admin).get("/orang", {"q": pseudonym(office)}).content.decode()
    assert pseudonym(office) in found
    assert "dihapus.invalid" not in found
    assert Acknowledgement.objects.filter(person=office.zoe).exists()
    said = [one.text for one in Comment.objects.order_by("pk")]
    assert said == [
        f"Sudah, kata {pseudonym(office)}.",
        f"Akun CONTOH\\{pseudonym(office)} ditutup",
    ]
    line = Entry.objects.get(action="erase_person")
    assert (line.subject, line.actor, line.changed) == (office.zoe.uuid, office.admin.uuid, {})


def test_nobody_finds_her_any_more_nor_comes_in_as_her(a_working_life: Office) -> None:
    office = a_working_life
    assert RecoveryCode.objects.filter(person=office.zoe).exists()
    office.erases()
    admin = office.browser(office.admin)
    for query in ("wulandari", "zoe.wulandari@contoh.test", "kusumawardhani"):
        for path in ("/orang", "/cari", "/audit"):
            page = admin.get(path, {"q": query})
            if page.status_code == 200:
                assert pseudonym(office) not in page.content.decode(), path
    ways_in = {model.__name__ for model, _key in erasing.hanging(CASCADE)}
    assert {"Session", "OneTimeLink", "CodeKey", "RecoveryCode", "Passkey", "View"} <= ways_in
    for model, key in erasing.hanging(CASCADE):
        assert not model._default_manager.filter(**{key: office.zoe}).exists()
    tried = Client().post("/masuk", {"email": EMAIL, "password": PASSWORD})
    assert tried.status_code == 422


def test_the_page_says_first_what_goes_what_stays_and_why(a_working_life: Office) -> None:
    office = a_working_life
    path = f"/orang/{office.zoe.uuid}/hapus"
    for language, words in (
        ("en", ("What is removed", "Backups made so far hold the name for 14 more days")),
        ("id", ("Yang dihapus", "14 hari lagi")),
    ):
        page = office.browser(office.admin, language).get(path).content.decode()
        assert [one for one in (*words, pseudonym(office)) if one not in page] == []
    assert "wulandari" in everything()


def test_a_name_typed_wrongly_erases_nobody(a_working_life: Office) -> None:
    answer = a_working_life.erases(typed="Zoe")
    assert answer.status_code == 422
    assert "wulandari" in everything()


def test_two_who_are_called_alike_are_told_apart(a_working_life: Office) -> None:
    office = a_working_life
    other = office.hire(NAME, "zoe2@contoh.test", "pengguna")
    longer = office.hire(f"{NAME} Putri", "putri@contoh.test", "pengguna")
    office.erases()
    labels = Subject.objects.in_bulk([other.uuid, longer.uuid, office.zoe.uuid])
    assert labels[other.uuid].label == NAME
    assert labels[longer.uuid].label == f"{NAME} Putri"
    assert labels[office.zoe.uuid].label == pseudonym(office)


def test_who_is_still_here_is_not_erased(office: Office) -> None:
    page = office.erases(typed=EARLIER)
    assert page.status_code == 409
    assert "still works here" in page.content.decode()
    assert User.objects.get(pk=office.zoe.pk).full_name == EARLIER


def test_neither_oneself_nor_the_only_admin(office: Office) -> None:
    browser = office.browser(office.admin)
    page = browser.post(f"/orang/{office.admin.uuid}/hapus", {"name": "Citra Halim"})
    assert page.status_code == 409
    assert "Nobody erases themselves" in page.content.decode()
    other = office.hire("Eko Admin", "eko@contoh.test", "admin")
    actions.leave(other, left_at=office.clock.now, by=office.admin, now=office.clock.now)
    with pytest.raises(Refused, match=r"only admin|satu-satunya admin"):
        actions.leave(office.admin, left_at=office.clock.now, by=None, now=office.clock.now)


def test_a_second_time_and_coming_back_are_refused(a_working_life: Office) -> None:
    office = a_working_life
    office.erases()
    again = office.erases(typed=pseudonym(office))
    assert again.status_code == 409
    gone = User.objects.get(pk=office.zoe.pk)
    assert not actions.come_back(gone, joined_at=office.clock.now, by=None, now=office.clock.now)


def test_who_may_not_erase_does_not_see_the_page(a_working_life: Office) -> None:
    office = a_working_life
    for person in (office.boss, office.head):
        assert office.browser(person).get(f"/orang/{office.zoe.uuid}/hapus").status_code == 403


def test_an_audit_line_changes_only_by_an_erasure_that_shows(office: Office) -> None:
    line = Entry.objects.order_by("pk").first()
    assert line
    for silent in ({"reason": "x"}, {"actor": uuid4(), "erased_at": office.clock.now}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Entry.objects.filter(pk=line.pk).update(**silent)
    Entry.objects.filter(pk=line.pk).update(reason="x", erased_at=office.clock.now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=line.pk).update(reason="y", erased_at=None)


def test_a_list_of_newcomers_whose_work_has_begun_is_not_undone(office: Office) -> None:
    now = office.clock.now
    plan = lists.compare("nama;email\nGita;gita@contoh.test\n", now=now, by=office.admin)
    assert not isinstance(plan, list)
    lists.take(plan, by=office.admin, now=now)
    gita, load = User.objects.get(email="gita@contoh.test"), ListLoad.objects.get()
    assert undoing.look(load).against == []
    open_task(title="Ganti kunci", due_by=now + DAY, owner=gita, by=office.head, now=now)
    assert undoing.look(load).against == ["Gita"]
    with pytest.raises(Refused):
        undoing.undo_list(load, by=office.admin, now=now)
