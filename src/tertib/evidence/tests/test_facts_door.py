"""POST /api/v1/facts and `tertib facts import`: the same intake behind both doors."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tertib.cli.main import main
from tertib.evidence import ledger
from tertib.evidence.models import Fact
from tertib.people.actions import issue_token

pytestmark = pytest.mark.django_db
NOON, FAR = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
ROW: dict[str, Any] = {
    "fact": "backup.run_ok",
    "subject": {"kind": "dataset", "key": "payroll"},
    "at": "2026-01-05T18:00:00+07:00",
    "body": {"for": "2026-01-05"},
    "id": "1",
}


@pytest.fixture
def bearer() -> dict[str, str]:
    return token("facts.write")


def token(scope: str) -> dict[str, str]:
    kinds = ["backup.run_ok"] if scope == "facts.write" else None
    secret = issue_token(
        name=f"nas {scope}", scope=scope, expires_at=FAR, by=None, now=NOON, kinds=kinds
    )
    return {"Authorization": f"Bearer {secret}"}


def post(
    client: Client, bearer: dict[str, str], body: str | bytes, kind: str = "application/json"
) -> Any:
    with ledger.clock(lambda: NOON):
        return client.post("/api/v1/facts", body, kind, headers=bearer)


@pytest.mark.parametrize("lines", [False, True])
def test_good_rows_are_kept_and_every_other_is_told_why(
    client: Client, bearer: dict[str, str], lines: bool
) -> None:
    another = {**ROW, "fact": "dataset.recorded", "body": {}, "id": "2"}
    rows = [ROW, ROW, another, {**ROW, "at": "noon"}]
    body = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)
    kind = "application/x-ndjson" if lines else "application/json"
    response = post(client, bearer, body, kind)
    answer = response.json()
    assert (response.status_code, answer["kept"], list(answer["refused"])) == (200, 2, ["2", "3"])
    assert "token" in answer["refused"]["2"]
    assert Fact.objects.get().source == "nas facts.write"


@pytest.mark.parametrize("body", ["{", "{}", '"row"', "7", b"\xff", "[" * 200_000, "[NaN", ""])
def test_what_is_no_list_of_rows_is_not_processable(
    client: Client, bearer: dict[str, str], body: str | bytes
) -> None:
    begin = time.perf_counter()
    response = post(client, bearer, body)
    assert (response.status_code, list(response.json())) == (422, ["detail"])
    assert time.perf_counter() - begin < 2


def test_what_is_called_something_else_is_not_processable(
    client: Client, bearer: dict[str, str]
) -> None:
    assert post(client, bearer, "[]", "text/html").status_code == 422


def test_too_much_at_once_is_refused_before_it_is_read(
    client: Client, bearer: dict[str, str]
) -> None:
    assert post(client, bearer, json.dumps([ROW] * 1001)).status_code == 413
    assert post(client, bearer, b" " * (2**21 + 1)).status_code == 413
    assert not Fact.objects.exists()


def test_without_a_token_of_that_scope_nothing_is_read(client: Client) -> None:
    assert post(client, {}, "{").status_code == 401
    assert post(client, {"Authorization": "Bearer guess"}, "{").status_code == 401
    assert post(client, token("compliance.read"), "{").status_code == 403


def test_a_file_is_imported_line_by_line_under_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backups.ndjson"
    rows = [json.dumps({**ROW, "id": str(n)}) for n in range(120)]
    file.write_text("\n".join([*rows, "", "{", '{"x": "' + "y" * 70_000 + '"}', rows[0]]))
    assert main(["facts", "import", str(file)]) == 1
    told = capsys.readouterr()
    assert "121" in told.out
    assert [line for line in ("122", "123") if line in told.err] == ["122", "123"]
    assert set(Fact.objects.values_list("source", flat=True)) == {"backups.ndjson"}
    assert Fact.objects.count() == 120


def test_a_file_that_is_whole_ends_with_0_and_one_that_is_not_there_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.ndjson"
    file.write_text(json.dumps(ROW))
    assert main(["facts", "import", str(file)]) == 0
    assert main(["facts", "import", str(tmp_path / "none.ndjson")]) == 1
    assert "none.ndjson" in capsys.readouterr().err
