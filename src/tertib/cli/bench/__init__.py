"""`tertib bench`: how fast it is, each figure beside a floor or a peer of the same run."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tertib.cli.bench.rows import HEAD, Row, line


class Bench(NamedTuple):
    """sizes  where what matters is how it grows, two

    quick: one that a test can wait for; fewer: on PostgreSQL, where it would take too long
    """

    module: str  # in tertib.cli.bench
    function: str
    sizes: tuple[int, ...]
    quick: int
    on: tuple[str, ...] = ("sqlite", "postgresql")
    fewer: tuple[int, ...] | None = None

    def asked(self, on: str, *, quick: bool) -> tuple[int, ...]:
        if quick:
            return (self.quick,)
        return self.fewer if self.fewer and on == "postgresql" else self.sizes


SQLITE = ("sqlite",)
BENCHES = {
    "working_time": Bench("promises", "working_time", (2_000,), 20, SQLITE),
    "facts_recorded": Bench("ledger", "facts_recorded", (1_000,), 20),
    "facts_judged": Bench("ledger", "facts_judged", (1_250, 5_000, 40_000), 200),
    "tick_idle_5k": Bench("engine", "tick_idle_5k", (5_000,), 10),
    "tick_idle_50k": Bench("engine", "tick_idle_50k", (50_000,), 10),
    "tick_due_1k": Bench("engine", "tick_due_1k", (5_000, 20_000), 8),
    "explain": Bench("pages", "explain", (500, 5_000), 4),
    "page_sop": Bench("pages", "page_sop", (500, 5_000), 4),
    "page_home": Bench("pages", "page_home", (500, 5_000), 4),
    "queue_100k": Bench("work", "queue_100k", (10_000, 100_000), 200),
    "escalate_1k": Bench("work", "escalate_1k", (1_000,), 10),
    "reports_first": Bench("reports", "reports_first", (100, 400), 2),
    "reports_unchanged": Bench("reports", "reports_unchanged", (100, 400), 2),
    "up_first": Bench("starts", "up_first", (1,), 0, SQLITE),
    "up_again": Bench("starts", "up_again", (500,), 1),
    "demo": Bench("starts", "demo", (365,), 1, SQLITE),
    "recompute_1m": Bench("engine", "recompute_1m", (100_000, 1_000_000), 200, fewer=(100_000,)),
}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("bench", help="how fast it is, beside floors and peers")
    verb.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    verb.add_argument("--json", type=Path, metavar="FILE", help="write the rows there, too")
    verb.add_argument("--on", choices=("sqlite", "postgresql"), help="on this database alone")
    verb.add_argument("--quick", action="store_true", help="tiny sizes: does it run at all?")
    verb.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    from tertib.cli.bench.ground import FailedError, grounds  # what it needs is for testers alone

    if unknown := sorted(set(chosen.names) - BENCHES.keys()):
        sys.stderr.write(f"tertib: no benchmark {unknown[0]}; there are {', '.join(BENCHES)}\n")
        return 2
    names = chosen.names or list(BENCHES)
    wanted = {on for name in names for on in BENCHES[name].on if chosen.on in (None, on)}
    rows: list[Row] = []
    failed = 0
    print_line(line(HEAD))
    with grounds(wanted) as found:
        for name in names:
            bench = BENCHES[name]
            for on in (on for on in bench.on if on in found):
                for size in bench.asked(on, quick=chosen.quick):
                    began = time.monotonic()
                    try:
                        told = found[on].run(name, size)
                    except FailedError as error:
                        failed += 1
                        sys.stderr.write(f"tertib: {error}\n")
                        continue
                    rows += told
                    for row in told:
                        print_line(line(row.cells()))
                    sys.stderr.write(f"  ({name} took {time.monotonic() - began:.0f} s)\n")
    if chosen.json:
        chosen.json.write_text(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    return 1 if failed else 0


def print_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
