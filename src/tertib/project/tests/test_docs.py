"""Documents that name code name code that is there."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from tertib.cli.main import VERBS

HOUSE, PACKAGE = Path(settings.BASE_DIR), Path(settings.PACKAGE)
WHERE = re.findall(
    r"^\| (.+?) \| `([\w/]+\.py): (\w+)` \|$", (HOUSE / "docs/where.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("what", "file", "name"), WHERE, ids=[line[0] for line in WHERE])
def test_where_md_names_a_function_that_is_there(what: str, file: str, name: str) -> None:
    tree = ast.parse((PACKAGE / file).read_text())
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }
    assert name in defined, what


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
