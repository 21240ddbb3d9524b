"""What a benchmark says: one figure a row, beside what it is measured against."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

HEAD = ("name", "size", "database", "figure", "unit", "against", "of it", "ratio")


@dataclass(frozen=True)
class Row:
    """against  a floor or a peer that was measured in the same run, reference its figure; in `unit`

    Two machines, or a busy and an idle one, are compared by the ratio.
    """

    name: str
    size: str
    database: str
    figure: float
    unit: str
    against: str = ""
    reference: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.figure / self.reference if self.reference else None

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Row":
        """Return the row that `as_json` told of."""
        return cls(**{name: value for name, value in told.items() if name != "ratio"})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}

    def cells(self) -> tuple[str, ...]:
        told = (self.figure, self.reference, self.ratio)
        figure, reference, ratio = ("" if one is None else _short(one) for one in told)
        head = self.name, self.size, self.database, figure, self.unit
        return (*head, self.against, reference, ratio)


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def line(cells: Sequence[str]) -> str:
    widths = (17, 24, 10, 7, 10, 30, 7, 6)
    right = {3, 6, 7}
    padded = (
        cell.rjust(width) if place in right else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def timed[T](work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds it takes and what it returns."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def typical(work: Callable[[], object], times: int) -> float:
    """Return the median of the seconds it takes, once it is warm."""
    work()
    return median(seconds(work) for _ in range(times))


def must(holds: bool, what: str) -> None:
    """Let no figure stand for work that was not done as it should be."""
    if not holds:
        raise ValueError(f"the benchmark needs {what}")


def p95(figures: Sequence[float]) -> float:
    """Return the smallest of them that 95 of 100 do not exceed."""
    return sorted(figures)[max(math.ceil(0.95 * len(figures)) - 1, 0)]
