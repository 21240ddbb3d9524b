"""tertib sop … as people type it: words and exit codes."""

import json
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import override

from tertib.audit.models import Entry
from tertib.cli import sop as verb
from tertib.cli.main import parser
from tertib.lib.errors import Refused
from tertib.people.actions import add_person, first_start
from tertib.sop import actions
from tertib.sop.models import Version

pytestmark = pytest.mark.django_db

SHIPPED = actions.SHIPPED


def run(*words: str) -> int:
    given = parser("sop").parse_args(["sop", *words])
    code: int = given.run(given)
    return code


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A second version that asks for less, from far ahead on."""
    file = tmp_path / "second.yaml"
    text = SHIPPED.read_text().replace("version: 1.0.0", 'version: "2"')
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2099-01-01")
    file.write_text(text.replace("within: 2 hours", "within: 3 hours"))
    return file


def test_a_sound_file_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(SHIPPED)) == 0
    assert "is sound: 41 clauses, 92 controls." in capsys.readouterr().out


def test_each_fault_is_a_line_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SHIPPED.read_text().replace("kind: existence", "kind: existance"))
    assert run("check", str(file)) == 1
    *faults, total = capsys.readouterr().out.splitlines()
    assert total == "2 faults."
    line = (
        file.read_text()
        .split("\n")
        .index(next(line for line in file.read_text().split("\n") if "existance" in line))
    )
    assert faults[0].startswith(f"{file}:{line + 1}:")
    assert "Did you mean “existence”?" in faults[0]


def test_faults_as_json_speak_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SHIPPED.read_text().replace("timezone: Asia/Jakarta", "timezone: Jakarta"))
    assert run("check", "--json", str(file)) == 1
    [fault] = json.loads(capsys.readouterr().out)
    assert fault["line"] == 17
    assert fault["en"].startswith("There is no time zone “Jakarta”.")
    assert fault["id"].startswith("Tidak ada zona waktu “Jakarta”.")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        run("check", str(tmp_path / "nothing.yaml"))


def test_publish_then_show_and_diff(stricter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    actions.publish_shipped(timezone.now())
    assert run("publish", str(stricter)) == 0
    assert "not approved yet" in capsys.readouterr().out
    assert Version.objects.count() == 2
    assert run("show") == 0
    shown = capsys.readouterr().out
    assert "Version 1.0.0, in force since 2026-01-01. Provisional:" in shown
    assert "inv.hw.fresh" in shown
    assert "SHA-256" in shown
    assert run("diff", "1.0.0", "2") == verb.WEAKER
    assert "desk.first_response" in capsys.readouterr().out
    assert run("diff", "2", "1.0.0") == 0
    assert run("diff", "1.0.0", str(stricter)) == verb.WEAKER


def test_a_version_is_approved_by_who_may_and_did_not_write_it(
    stricter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    site = first_start(now)
    actions.publish_shipped(now)
    for name, role in (("ani", "manajemen"), ("budi", "manajemen"), ("citra", "kepala_ti")):
        email = f"{name}@example.com"
        add_person(full_name=name, email=email, site=site, role=role, by=None, now=now)
    with pytest.raises(Refused, match="role"):
        run("approve", "--by", "citra@example.com")
    assert run("approve", "--by", "ani@example.com") == 0
    assert "Version 1.0.0, in force since 2026-01-01.\n" in capsys.readouterr().out
    assert run("approve", "--by", "budi@example.com") == 0
    assert "It was so already." in capsys.readouterr().out
    run("publish", str(stricter), "--author", "ani@example.com")
    with pytest.raises(Refused, match="wrote"):
        run("approve", "2", "--by", "ani@example.com")
    assert run("approve", "2", "--by", "budi@example.com") == 0
    assert "Version 2, from 2099-01-01 on.\n" in capsys.readouterr().out
    with pytest.raises(Refused, match="There is no version 3"):
        run("approve", "3", "--by", "budi@example.com")


def test_the_diff_names_the_file_that_has_faults(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("format: tertib-sop/1\n")
    with pytest.raises(Refused, match=f"{file}:1:1 "):
        run("diff", str(SHIPPED), str(file))


def test_a_published_file_comes_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    actions.publish_shipped(timezone.now())
    assert run("show", "1.0.0", "--file") == 0
    assert capsys.readouterr().out == SHIPPED.read_text()


def test_faults_are_not_published(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("format: tertib-sop/1\n")
    with pytest.raises(Refused, match="sop"):
        run("publish", str(file))
    assert not Version.objects.exists()


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Tertib SOP"


def test_a_version_that_nobody_approved_is_withdrawn_by_who_may_publish(
    stricter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    site = first_start(now)
    actions.publish_shipped(now)
    for name, role in (("ani", "kepala_ti"), ("citra", "pengguna")):
        add_person(
            full_name=name, email=f"{name}@example.com", site=site, role=role, by=None, now=now
        )
    run("publish", str(stricter), "--author", "ani@example.com")
    with pytest.raises(Refused, match="citra may not"):
        run("withdraw", "2", "--by", "citra@example.com")
    assert run("withdraw", "2", "--by", "ani@example.com") == 0
    assert "was withdrawn" in capsys.readouterr().out
    assert Version.objects.get(name="2").withdrawn_at
    noted = Entry.objects.get(action="withdraw_sop")
    assert noted.subject == Version.objects.get(name="2").uuid
    assert run("withdraw", "2", "--by", "ani@example.com") == 0
    assert "It was so already." in capsys.readouterr().out
    with pytest.raises(Refused, match="first version"):
        run("withdraw", "1.0.0", "--by", "ani@example.com")
