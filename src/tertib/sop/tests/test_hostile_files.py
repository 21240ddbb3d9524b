"""A hostile file costs less than two seconds and 100 MB. Measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tertib.sop import reader

ROOM = Path(reader.__file__).parent
MEASURE = """
import resource, sys, time
from pathlib import Path
import django
django.setup()
from tertib.sop import reader
from tertib.sop.format import Sop
room = Path(reader.__file__).parent
source = (room / "source.txt").read_text()
reader.read((room / "sop-ti.yaml").read_bytes(), source)
text = sys.stdin.buffer.read()
before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
found = reader.read(text, source if "own" not in sys.argv else text.decode())
assert not isinstance(found, Sop)
words = [fault.words(language) for fault in found for language in ("id", "en")]
seconds = time.process_time() - begin
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, len(found))
"""

LAUGHS = "a0: &a0 [lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 400)
)
SHIPPED = (ROOM / "sop-ti.yaml").read_text()


def many_controls(control: str) -> str:
    """Return the shipped file with as many controls more as the limits let through."""
    head, tail = SHIPPED.split("  controls: [{id: scope.infra", 1)
    room = 1_000_000 - len(SHIPPED)
    more = []
    for n in range(3000):
        more.append(control.replace("#", str(n)).replace("^", str(n + 1)))
        room -= len(more[-1]) + 2
        if room < 0:
            break
    return f"{head}  controls: [{', '.join(more)}, {{id: scope.infra{tail}"


HOSTILE = {
    "a billion laughs": LAUGHS,
    "deep brackets": "a: " + "[" * 900_000,
    "deep braces": "{a: " * 200_000,
    "deep indents": "\n".join(" " * n + "a:" for n in range(1300)),
    "many values": "- a\n" * 240_000,
    "many keys": "".join(f"k{n}: 1\n" for n in range(90_000)),
    "one long text": "a: " + "x" * 900_000,
    "one long line of colons": "a: " + ":" * 900_000,
    "many long numbers": "".join(f"- {'1' * 9_000}_\n" for _ in range(100)),
    "many quotes": "'" * 999_999,
    "many anchors": "&a " * 300_000,
    "many tags": "".join(f"k{n}: !!x y\n" for n in range(60_000)),
    "many tabs": "\t\n" * 400_000,
    "a chain of alive": many_controls(
        "{id: c#, kind: freshness, evidence: report.issued, within: 1 days, alive: c^}"
    ),
    "rollups of everything": many_controls('{id: c#, kind: rollup, of: ["3a"], method: mean}'),
    "many wrong names": many_controls("{id: c#, kind: freshnes, evidence: reports.issued}"),
    "many roles, and wrong ones": SHIPPED.replace(
        "roles:\n",
        "roles:\n" + "".join(f"  r{n}: {{name: {{id: a, en: b}}}}\n" for n in range(4000)),
    ).replace("responsible: ", "responsible: x"),
}


def measure(text: str, *arguments: str) -> tuple[float, float]:
    """Return seconds and megabytes that reading takes."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments],
        input=text.encode(),
        capture_output=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOM.parents[1])} | SETTINGS,
    )
    seconds, megabytes, _faults = run.stdout.split()
    return float(seconds), float(megabytes)


SETTINGS = {"DJANGO_SETTINGS_MODULE": "tertib.project.settings_for_tests", "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_quickly_and_in_little_memory(name: str) -> None:
    seconds, megabytes = measure(HOSTILE[name])
    assert seconds < 2
    assert megabytes < 100


def test_a_hostile_source_costs_no_more() -> None:
    text = SHIPPED.replace('id: "', 'id: "a')
    source = "\n".join("a" * 400 + str(n) for n in range(2000))
    seconds, megabytes = measure(f"{text}\n# {source.replace(chr(10), chr(10) + '# ')}", "own")
    assert seconds < 2
    assert megabytes < 100
