from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tertib.people.models import Company
from tertib.vault import actions, keyring
from tertib.vault.fields import LostSecret, Sealed, seal, unseal
from tertib.vault.models import Canary

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, tzinfo=UTC)
WORD, PLAIN = "kata-rahasia", "plain"


@pytest.fixture(autouse=True)
def own_keyring(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "keyring"
    settings.KEYRING = path
    keyring.create(path)
    return path


def company(word: str | None = WORD) -> Company:
    return Company.objects.create(pk=1, started_at=NOW, mail_password=word)


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail_password FROM people_company")
        return str(cursor.fetchone()[0])


def test_a_secret_comes_back_and_is_stored_as_something_else() -> None:
    company()
    assert Company.objects.get().mail_password == WORD
    assert "rahasia" not in stored()
    assert str(Company.objects.get().__dict__["mail_password"]) == "…"


def test_no_secret_stays_none() -> None:
    company(None)
    assert Company.objects.get().mail_password is None


def test_a_secret_moved_to_another_place_does_not_open() -> None:
    sealed = seal("x", place="people.Company.mail_password:1")
    with pytest.raises(LostSecret, match="another place"):
        unseal(sealed, place="people.Company.mail_password:2")


def test_saving_another_field_leaves_the_secret_sealed() -> None:
    company()
    before = stored()
    row = Company.objects.get()
    row.name = "PT Contoh"
    row.save()
    assert stored() == before


def test_it_is_never_written_or_looked_for_as_plain_text() -> None:
    company()
    with pytest.raises(TypeError):
        Company.objects.update(mail_password=PLAIN)
    with pytest.raises(TypeError):
        Company.objects.filter(mail_password=PLAIN).exists()


def test_with_another_keyring_the_start_is_refused_and_the_lost_secrets_are_named(
    own_keyring: Path,
) -> None:
    actions.check()
    company()
    actions.check()
    own_keyring.unlink()
    keyring.create(own_keyring)
    with pytest.raises(LostSecret, match=r"vault\.Canary"):
        actions.check()
    assert actions.lost() == ["vault.Canary.text:1", "people.Company.mail_password:1"]
    with pytest.raises(LostSecret):
        _ = Company.objects.get().mail_password


def test_what_is_lost_can_be_let_go_and_the_house_starts_again(own_keyring: Path) -> None:
    actions.check()
    company()
    own_keyring.unlink()
    keyring.create(own_keyring)
    assert "people.Company.mail_password:1" in actions.forget_lost()
    actions.check()
    assert Company.objects.get().mail_password is None
    assert actions.lost() == []


def test_a_damaged_secret_is_loud() -> None:
    company()
    with pytest.raises(LostSecret, match="damaged"):
        unseal(Sealed(stored()[:-5] + "AAAA="), place="people.Company.mail_password:1")


def test_rotation_puts_every_secret_under_the_new_key(own_keyring: Path) -> None:
    actions.check()
    company()
    old = keyring.read(own_keyring)[0]
    words = actions.rotate()
    new = keyring.read(own_keyring)[0]
    assert {stored().partition(":")[0], Canary.objects.get().__dict__["text"].key_id} == {new.id}
    assert Company.objects.get().mail_password == WORD
    assert old in keyring.read(own_keyring)
    own_keyring.unlink()
    keyring.restore(own_keyring, " ".join(words))
    actions.check()
    assert actions.lost() == []


def test_the_third_rotation_drops_the_first_key(own_keyring: Path) -> None:
    actions.check()
    first = keyring.read(own_keyring)[0]
    actions.rotate()
    actions.rotate()
    assert first not in keyring.read(own_keyring)
    assert len(keyring.read(own_keyring)) == 2
