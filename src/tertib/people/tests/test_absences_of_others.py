"""Somebody is ill and cannot say so: whoever runs Tertib enters it, and names a deputy."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tertib.people import reach
from tertib.people.models import Absence, User
from tertib.people.tests.conftest import hire

DAY = timedelta(days=1)


def test_an_absence_is_entered_for_somebody_and_ended_again(as_admin: Client, ani: User) -> None:
    eko = hire(ani.site, "Eko", "pengguna")
    today = timezone.localdate()
    address = f"/orang/{ani.uuid}/tidak-hadir"
    told = {"first": today, "last": today + 2 * DAY, "deputy": "Eko"}
    assert as_admin.post(address, told).status_code == 302
    away = reach.away(timezone.now())[ani.pk]
    assert (away.deputy, away.named) == (eko.pk, False)
    assert reach.stands_for(eko, timezone.now()) == []  # named by others: decides nothing
    page = as_admin.get(f"/orang/{ani.uuid}").content.decode()
    assert "Sudah kembali" in page
    again = as_admin.post(address, told)
    assert (again.status_code, b"sudah" in again.content) == (409, True)
    absence = Absence.objects.get()
    assert as_admin.post(f"{address}/{absence.uuid}/kembali").status_code == 302
    assert ani.pk not in reach.away(timezone.now())


def test_the_deputy_sees_on_their_account_for_whom(client: Client, as_admin: Client) -> None:
    admin = User.objects.get()
    eko = hire(admin.site, "Eko", "pengguna")
    today = timezone.localdate()
    told = {"first": today, "last": today + DAY, "deputy": "Eko"}
    assert as_admin.post("/akun/tidak-hadir", told).status_code == 302
    assert reach.stands_for(eko, timezone.now()) == [admin]
    other = Client()
    other.force_login(eko)
    assert "Anda menggantikan Dewi" in other.get("/akun").content.decode()
