"""Debian's fusioninventory-agent, unmodified, reports to a real server."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import OwnDatabase
from tertib.agents.models import Section
from tertib.agents.tests.conftest import House
from tertib.evidence.models import Fact
from tertib.inventory.models import Asset, Installed

# On the other database it reports in the whole story (cli/tests/test_the_whole_story.py).
pytestmark = [pytest.mark.service("fusioninventory-agent"), pytest.mark.long, pytest.mark.once]
# The agent keeps its state under /var, which is not ours: here it is told another place.
PLANTED = "rahasia-7391-tertanam"
STATE = """package TertibState;
use lib "/usr/share/fusioninventory/lib";
use setup;
$setup::setup{vardir} = $ENV{TERTIB_AGENT_STATE};
1;
"""


def run_agent(folder: Path, *arguments: str, **environ: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "TertibState.pm").write_text(STATE)
    (folder / "empty.cfg").touch()
    told = subprocess.run(
        [  # noqa: S607
            "fusioninventory-agent",
            f"--conf-file={folder}/empty.cfg",
            "--no-httpd",
            "--tasks=inventory",
            "--force",
            "--wait=0",
            "--backend-collect-timeout=60",
            *arguments,
        ],
        env={
            "PATH": os.environ["PATH"],
            "PERL5OPT": f"-I{folder} -MTertibState",
            "TERTIB_AGENT_STATE": str(folder),
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return told.stderr


def test_it_reports_to_our_address_and_again_as_the_same_machine(
    house: House, tmp_path: Path
) -> None:
    server = f"--server={house.url}/agent/{house.secret}/"
    said = run_agent(tmp_path / "agent", server)
    assert "error" not in said.lower(), house.log.read_text()
    asset = Asset.objects.get()
    assert asset.system.startswith("Debian")
    assert Installed.objects.filter(asset=asset).count() > 100
    assert asset.titles > 100
    assert Section.objects.filter(subject=asset.subject, name="networks").exists()
    kinds = Fact.objects.filter(subject=asset.subject).values_list("kind", flat=True)
    assert {"inventory.observed", "asset.recorded", "software.observed"} == set(kinds)
    run_agent(tmp_path / "agent", server)
    assert Asset.objects.count() == 1
    assert house.secret not in house.log.read_text()


def test_it_reports_to_the_bare_name_with_a_password(house: House, tmp_path: Path) -> None:
    arguments = (f"--server={house.url}/", "--user=tertib", f"--password={house.secret}")
    said = run_agent(tmp_path / "agent", *arguments)
    assert "error" not in said.lower(), house.log.read_text()
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    "called",
    ["x" * 30_000, b"\x1b[0m \xff \x01 <!DOCTYPE x> ]]> &#27; &copy=1 \xef\xbf\xbe"],
    ids=["very-long", "no-text-at-all"],
)
def test_what_a_process_calls_itself_keeps_no_machine_from_reporting(
    house: House, tmp_path: Path, called: str | bytes
) -> None:
    process = subprocess.Popen([called, "120"], executable="/bin/sleep")
    try:
        said = run_agent(tmp_path / "agent", f"--server={house.url}/agent/{house.secret}/")
    finally:
        process.kill()
        process.wait()
    assert "error" not in said.lower(), house.log.read_text()
    assert Asset.objects.count() == 1


def test_what_it_tells_of_people_is_stored_nowhere(
    house: House, own_database: OwnDatabase, tmp_path: Path
) -> None:
    """It collects processes, accounts and environment: it cannot be told to leave them out."""
    server = f"--server={house.url}/agent/{house.secret}/"
    run_agent(tmp_path / "agent", server, PLANTED=PLANTED)
    assert Asset.objects.count() == 1
    names = set(Section.objects.values_list("name", flat=True))
    assert not names & {"processes", "envs", "local_users", "local_groups", "users"}
    for file in own_database.folder.glob("*"):  # database, write-ahead log, server's log
        assert not file.is_file() or PLANTED.encode() not in file.read_bytes(), file
