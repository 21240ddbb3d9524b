"""The words of the command line: which there are, what they need, how they refuse."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tertib.cli.main import VERBS, Needs

CLI = [sys.executable, "-m", "tertib.cli"]


def tertib(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    given = {
        **os.environ,
        "PYTHONPATH": "src",
        "LANG": "en_US.UTF-8",
        "DATABASE_URL": "",
        **environ,
    }
    given["DJANGO_SETTINGS_MODULE"] = "tertib.project.settings"
    return subprocess.run([*CLI, *words], env=given, capture_output=True, text=True, check=False)


def test_help_says_what_every_verb_is_for(tmp_path: Path) -> None:
    done = tertib("--help", TERTIB_DATA=str(tmp_path))
    assert done.returncode == 0, done.stderr
    for verb in VERBS:
        assert f"    {verb} " in done.stdout or f"    {verb}\n" in done.stdout, verb
    assert list(tmp_path.iterdir()) == []


def test_a_word_that_is_no_verb_is_named(tmp_path: Path) -> None:
    done = tertib("upp", TERTIB_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "upp" in done.stderr


@pytest.mark.parametrize(
    "verb", [name for name, v in VERBS.items() if v.needs is Needs.INSTALLATION]
)
def test_without_an_installation_a_verb_says_so_and_makes_nothing(
    verb: str, tmp_path: Path
) -> None:
    done = tertib(verb, "--data", str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert f"There is no installation in {tmp_path / 'nothing'} yet" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_url_that_is_none_is_explained(tmp_path: Path) -> None:
    done = tertib("up", TERTIB_DATA=str(tmp_path), DATABASE_URL="mysql://somewhere/else")
    assert done.returncode == 1
    assert "DATABASE_URL is not of the form" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_terminal_speaks_indonesian_unless_it_is_english(tmp_path: Path) -> None:
    done = tertib("jobs", "list", TERTIB_DATA=str(tmp_path / "x"), LANG="C.UTF-8", LC_ALL="")
    assert "Belum ada instalasi" in done.stderr
