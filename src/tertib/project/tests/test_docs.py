"""Documents that name code name code that is there."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tertib.cli.main import VERBS
from tertib.notify.channels import hook
from tertib.project.api import api

HOUSE, PACKAGE = Path(settings.BASE_DIR), Path(settings.PACKAGE)
API = (HOUSE / "docs/api.md").read_text()
WHERE = re.findall(
    r"^\| (.+?) \| `([\w/]+\.py): (\w+)` \|$", (HOUSE / "docs/where.md").read_text(), re.MULTILINE
)
FAULTS_MD, FAULT = (HOUSE / "docs/faults.md").read_text(), re.compile(r"`(\w+): (test_\w+)`")
FAULTS = FAULT.findall(FAULTS_MD)


@pytest.mark.parametrize(("what", "file", "name"), WHERE, ids=[line[0] for line in WHERE])
def test_where_md_names_a_function_that_is_there(what: str, file: str, name: str) -> None:
    tree = ast.parse((PACKAGE / file).read_text())
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }
    assert name in defined, what


@pytest.mark.parametrize(("room", "name"), FAULTS, ids=[name for _, name in FAULTS])
def test_a_fault_is_held_by_a_test_that_is_there(room: str, name: str) -> None:
    files = (PACKAGE / room / "tests").glob("test_*.py")
    assert any(f"\ndef {name}(" in file.read_text() for file in files)


def test_each_fault_of_the_page_has_its_test() -> None:
    lines = [line for line in FAULTS_MD.splitlines() if line.startswith("| ")][1:]
    assert len(lines) >= 12
    assert [line for line in lines if not FAULT.search(line)] == []


def test_where_md_answers_for_thirty_behaviours() -> None:
    assert len(WHERE) >= 30
    assert len((HOUSE / "docs/where.md").read_text().splitlines()) == len(WHERE) + 5


@pytest.mark.parametrize("page", ["README.md", "README.id.md", "CONTRIBUTING.md"])
def test_a_page_names_verbs_and_files_that_are_there(page: str) -> None:
    text = (HOUSE / page).read_text()
    verbs = set(re.findall(r"\./tertib (\w+)", text))
    assert verbs
    assert verbs <= VERBS.keys()
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
    assert [link for link in links if not (HOUSE / link).exists()] == []


def test_the_page_about_the_api_names_each_operation_with_its_scope() -> None:
    told = {}
    for names, scope in re.findall(r"^\| (`[A-Z]+ .+?`) \| `([\w.]+)` \|", API, re.MULTILINE):
        for name in re.findall(r"`(.+?)`", names):
            told[name] = scope
    there = {}
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            [scope] = next(iter(operation["security"][0].values())) or [""]
            there[f"{method.upper()} {path}"] = scope
    assert told == there


def test_the_page_about_the_api_shows_how_a_webhook_is_checked() -> None:
    [code] = re.findall(r"```python\n(.+?)```", API, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 our own page
    key, body = hook.new_key(), b'{"type": "work.closed"}'
    headers = {"webhook-id": "m1", "webhook-timestamp": "1"}
    headers["webhook-signature"] = hook.signature(key, "m1", 1, body)
    assert names["is_ours"](key, headers, body)
    assert not names["is_ours"](key, headers, body + b" ")
