"""A people list: what it changes, and what is refused before anything is stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from tertib.access import policy
from tertib.evidence.models import Fact, Membership
from tertib.people import actions, roster, words
from tertib.people.actions import roster as lists
from tertib.people.models import Reporting, Site, User
from tertib.people.roster import Fault, Plan, Row
from tertib.sop.actions import publish_shipped

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
HEAD = "nama;email;peran;tim;lokasi;status;mulai;keluar\n"


def load(text: str | bytes, *, complete: bool = False, now: datetime = NOW) -> Plan:
    plan = lists.compare(text, now=now, complete=complete)
    assert isinstance(plan, Plan), plan
    assert not lists.take(plan, by=None, now=now).refused
    return plan


def refused(text: str | bytes) -> list[tuple[int, str]]:
    people, facts = User.objects.count(), Fact.objects.count()
    faults = lists.compare(text, now=NOW)
    assert isinstance(faults, list)
    assert (User.objects.count(), Fact.objects.count()) == (people, facts)
    return [(fault.row, fault.why) for fault in faults]


def roles(email: str) -> set[str]:
    return {role.removeprefix("role:") for role in User.objects.get(email=email).roles(now=NOW)}


def test_people_join_change_and_leave(office: Site, ani: User) -> None:
    load(
        HEAD
        + "Citra;citra@example.com;Kepala TI, pengguna;Tim TI;kantor pusat;aktif;02/03/2026;\n"
        + "Ani Wulandari;ANI@example.com;;;;;;\n"
    )
    citra = User.objects.get(email="citra@example.com")
    assert roles("citra@example.com") == {"kepala_ti", "pengguna"}
    assert (citra.team, str(citra.joined_at)) == ("tim_ti", "2026-03-01 17:00:00+00:00")
    ani.refresh_from_db()
    assert (ani.full_name, roles("ani@example.com")) == ("Ani Wulandari", {"pengguna"})
    load(HEAD + "Citra;citra@example.com;;;;keluar;;31/05/2026\n")
    citra.refresh_from_db()
    assert (citra.is_active, str(citra.left_at)) == (False, "2026-05-31 17:00:00+00:00")
    assert roles("citra@example.com") == set()
    kinds = Fact.objects.filter(subject=citra.uuid).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["person.joined", "person.left"]
    assert not Membership.objects.at(NOW).filter(subject=citra.uuid).exists()


def test_the_first_list_makes_no_newcomers_of_those_who_were_here_already(office: Site) -> None:
    def joined(name: str) -> int:
        subject = User.objects.get(email=f"{name}@example.com").uuid
        return Fact.objects.filter(kind="person.joined", subject=subject).count()

    load(HEAD + "Citra;citra@example.com;;;;;;\nEko;eko@example.com;;;;;2026-05-04;\n")
    assert (joined("citra"), joined("eko")) == (0, 1)
    load(HEAD + "Gita;gita@example.com;;;;;;\n", now=NOW + timedelta(days=30))
    assert joined("gita") == 1


def test_the_same_list_again_changes_nothing(office: Site) -> None:
    text = HEAD + "Citra;citra@example.com;helpdesk;;;;;\nEko;eko@example.com;;;;;;\n"
    assert load(text).count("join") == 2
    again = load(text, now=NOW + timedelta(days=1))
    assert (again.changes, again.same) == ([], 2)


def test_who_is_missing_leaves_only_by_a_complete_list_and_an_admin_never(
    office: Site, ani: User, admin: User
) -> None:
    text = HEAD + "Citra;citra@example.com;;;;;;\n"
    assert [known.email for known in load(text).missing] == ["ani@example.com", admin.email]
    assert load(text, complete=True).count("leave") == 1
    assert not User.objects.get(pk=ani.pk).is_active
    assert User.objects.get(pk=admin.pk).is_active


def test_somebody_who_comes_back_has_the_roles_of_the_list(office: Site, ani: User) -> None:
    actions.leave(ani, left_at=NOW, by=None, now=NOW)
    plan = load(HEAD + "Ani;ani@example.com;helpdesk;;;;;\n")
    assert plan.count("back") == 1
    assert roles("ani@example.com") == {"helpdesk"}


def test_what_lies_ahead_waits(office: Site, ani: User) -> None:
    plan = load(
        HEAD + "Citra;citra@example.com;;;;;2027-01-04;\nAni;ani@example.com;;;;;;2026-12-31\n"
    )
    assert (plan.changes, len(plan.later)) == ([], 2)
    assert User.objects.get(pk=ani.pk).is_active


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_forms_that_spreadsheets_write(
    office: Site, delimiter: str, encoding: str, newline: str
) -> None:
    lines = (["Name", "E-Mail", "Role"], ['"Tjoa, Lie; é"', "lie@example.com", "helpdesk"])
    text = newline.join(delimiter.join(line) for line in lines)
    load(text.encode(encoding))
    assert User.objects.get().full_name == "Tjoa, Lie; é"


@pytest.mark.parametrize(
    ("text", "row", "why"),
    [
        (b"", 0, "empty"),
        (HEAD, 0, "nobody"),
        (b"nama;email\nB\xe9;b@example.com\n", 2, "UTF-8"),
        ("nama;email\nB;b@example.com\n".encode("utf-16"), 1, "UTF-8"),
        (b"nama;email\nB\0;b@example.com\n", 0, "NUL"),
        (b"x" * (roster.BYTES + 1), 0, "larger"),
        ("nama;email\n" + ";" * 50, 2, "40 columns"),
        ("nama;email\n" + "B;b@example.com\n" * (roster.ROWS + 1), 20002, "20,000"),
        ("nama\nB\n", 1, "missing"),
        ("nama;email;gaji\nB;b@example.com;1\n", 1, "no such column"),
        ("nama;email;e-mail\nB;b@example.com;\n", 1, "twice"),
        ('nama;email\n"B;b@example.com\nC;c@example.com\n', 2, "quotes"),
        ('nama;email\n=HYPERLINK("x");b@example.com\n', 2, "formula"),
        ("nama;email\n+62811;b@example.com\n", 2, "formula"),
        ("nama;email\n  =1+1;b@example.com\n", 2, "formula"),
        ("nama;email\nB\x1b[2J;b@example.com\n", 2, "printed"),
        ("nama;email\n" + "B" * 201 + ";b@example.com\n", 2, "200"),
        ("nama;email\n;b@example.com\n", 2, "name is missing"),
        ("nama;email\nB;bukan alamat\n", 2, "no e-mail"),
        ("nama;email\nB;b@example.com\nC;c@example.com\nD;B@example.com\n", 4, "another row"),
        (HEAD + "B;b@example.com;raja;;;;;\n", 2, "no such role"),
        (HEAD + "B;b@example.com;admin;;;;;\n", 2, "no such role"),
        (HEAD + "B;b@example.com;;;Bulan;;;\n", 2, "no such site"),
        (HEAD + "B;b@example.com;;;;cuti;;\n", 2, "status"),
        (HEAD + "B;b@example.com;;;;;31/02/2026;\n", 2, "date"),
        (HEAD + "B;b@example.com;;;;;2026-03-01;2026-02-01\n", 2, "before"),
        ("nama;email\nB;b@example.com;lebih\n", 2, "More cells"),
        ("nama;email\nA;a@example.com\n" + "B" * 140_000 + ";b@example.com\n", 3, "200"),
        ("nama;email\nB;b@example.com\n\n" + "B" * 140_000 + ";c@example.com\n", 4, "200"),
        ('nama;email\n"B;b@example.com\n' + "C;c@example.com\n" * 10_000, 2, "quotes"),
        ("nama;email;atasan\nB;b@example.com;B@example.com\n", 2, "their own"),
        ("nama;email;atasan\nB;b@example.com;7\n", 2, "this number"),
        ("nama;email;atasan\nB;b@example.com;x@example.com\n", 2, "does not work here"),
        ("nama;email;nomor\nB;b@example.com;7\nC;c@example.com;7\n", 3, "another row"),
    ],
)
def test_a_faulty_list_is_refused_with_its_row(
    office: Site, text: str | bytes, row: int, why: str
) -> None:
    [(told, words)] = refused(text)[:1]
    assert told == row
    assert why in words


MANAGED = "nomor;nama;email;atasan\n"


def manager(email: str) -> str | None:
    row = Reporting.objects.at(NOW).filter(person__email=email).select_related("manager").first()
    return row.manager.email if row else None


def test_line_managers_come_by_address_or_by_a_number_of_the_list(office: Site, ani: User) -> None:
    load(
        MANAGED + "17;Citra;citra@example.com;4\n4;Eko;eko@example.com;ANI@example.com\n"
        "9;Gita;gita@example.com;\n"
    )
    assert manager("citra@example.com") == "eko@example.com"
    assert manager("eko@example.com") == "ani@example.com"
    assert manager("gita@example.com") is None
    again = load(MANAGED + ";Citra;citra@example.com;\n;Eko;eko@example.com;-\n")
    assert [change.words["manager"] for change in again.changes] == [("ani@example.com", "")]
    assert manager("citra@example.com") == "eko@example.com"
    assert manager("eko@example.com") is None


def test_line_managers_in_a_circle_are_refused_with_their_rows(office: Site, ani: User) -> None:
    load(MANAGED + ";Citra;citra@example.com;ani@example.com\n")
    faults = lists.compare(
        MANAGED + ";Ani;ani@example.com;eko@example.com\n;Gita;gita@example.com;ani@example.com\n"
        ";Eko;eko@example.com;citra@example.com\n",  # who is above Citra stands in no row
        now=NOW,
    )
    assert isinstance(faults, list)
    assert [(fault.row, fault.why) for fault in faults] == [
        (row, "The line managers go in a circle.") for row in (2, 4)
    ]
    assert faults[0].said == (
        "ani@example.com (2) → eko@example.com (4) → citra@example.com → ani@example.com (2)"
    )


def test_who_leaves_by_the_same_list_is_nobody_s_line_manager(office: Site, ani: User) -> None:
    text = "nama;email;atasan;status\nAni;ani@example.com;;keluar\n"
    [(row, why)] = refused(text + "Citra;citra@example.com;ani@example.com;\n")
    assert (row, "does not work here" in why) == (3, True)


def test_every_fault_is_told_at_once(office: Site) -> None:
    faults = refused(HEAD + ";x;raja;;;;;\nB;b@example.com;;;Bulan;;;\nC;c@example.com;;;;;;\n")
    assert [row for row, _why in faults] == [2, 2, 2, 3]


@example(b",")
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    text = roster.decode(data)
    if isinstance(text, str):
        found = roster.parse(text, roles=["pengguna"], sites=["Kantor pusat"])
        assert all(isinstance(one, (Row, Fault)) for one in found)


def upload(client: Client, text: str, **more: str) -> str:
    file = SimpleUploadedFile("orang.csv", text.encode())
    return client.post("/orang/impor", {"file": file, **more}).content.decode()


LIST = HEAD + "Citra;citra@example.com;helpdesk;;;;;\n"


def test_the_page_shows_first_and_changes_then(as_admin: Client) -> None:
    assert "sari@contoh.co.id</td>" in as_admin.get("/orang/impor").content.decode()
    shown = ["\t".join(row) for row in words.example("Kantor pusat")]  # as a browser copies it
    assert isinstance(
        roster.parse("\n".join(shown), roles=policy.tree(), sites=["Kantor pusat"])[0], Row
    )
    page = upload(as_admin, LIST)
    assert "citra@example.com" in page
    assert not User.objects.filter(email="citra@example.com").exists()
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    as_admin.post("/orang/impor", {"text": LIST, "fingerprint": mark})
    assert User.objects.filter(email="citra@example.com").exists()


def test_the_page_calls_roles_teams_and_managers_by_their_names(
    as_admin: Client, ani: User
) -> None:
    """Not by the words under which they are kept: of those of the list itself, too."""
    publish_shipped(NOW)
    head = "nama;email;peran;tim;atasan\n"
    text = head + "Ani;ani@example.com;kepala_ti, pengguna;tim_gudang;eko@example.com\n"
    text += "Eko Prasetyo;eko@example.com;;;dewi@example.com\n"
    shown = upload(as_admin, text)
    table = " ".join(shown.partition("<tbody>")[2].partition("</tbody>")[0].split())
    assert "Pengguna Layanan TI" in table or "Pengguna" in table
    assert "Kepala TI" in table
    assert "Tim Gudang" in table
    assert "Atasan: Eko Prasetyo" in table.replace("Atasan langsung", "Atasan")
    assert "Dewi" in table
    for raw in ("kepala_ti", "tim_gudang", "dewi@example.com"):
        assert raw not in table, raw


def test_a_list_that_would_do_something_else_by_now_is_shown_again(as_admin: Client) -> None:
    page = upload(as_admin, LIST)
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    load(LIST)
    other = LIST + "Eko;eko@example.com;;;;;;\n"
    as_admin.post("/orang/impor", {"text": other, "fingerprint": mark})
    assert not User.objects.filter(email="eko@example.com").exists()


def test_nobody_climbs_by_a_list_of_their_own(as_admin: Client, admin: User) -> None:
    answer = as_admin.post("/orang/impor", {"text": HEAD + f"Dewi;{admin.email};manajemen;;;;;\n"})
    assert answer.status_code == 422
    assert "Baris ini akan mengubah peran Anda sendiri." in answer.content.decode()
    assert "role:manajemen" not in admin.roles(now=timezone.now())


def test_whoever_runs_tertib_stands_in_the_list_without_a_role(
    as_admin: Client, admin: User
) -> None:
    told = "nama,email,peran,tim\n" + f"Dewi,{admin.email},,TI\n"
    page = upload(as_admin, told)
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    page = as_admin.post("/orang/impor", {"text": told, "fingerprint": mark}).content.decode()
    assert "0 bergabung, 0 kembali, 1 berubah, 0 keluar" in page
    assert "ditolak" not in page
    assert User.objects.get(pk=admin.pk).team == "ti"
    assert admin.roles(now=timezone.now()) == {"role:admin"}


def test_what_a_list_says_is_shown_as_text(as_admin: Client) -> None:
    page = upload(as_admin, "nama;email\n<script>x</script>;b@example.com\n")
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page
