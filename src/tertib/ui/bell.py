"""The bell of every page: which room says what is new, and where. It registers itself.

How many it is the browser asks by itself, so no page waits for it and no page asks more.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bell:
    page: str  # name of the url that the bell leads to
    count: str  # name of the url that answers with how many are new; 204: as many as before


_bells: list[Bell] = []


def register(bell: Bell) -> None:
    _bells[:] = [bell]


def registered() -> Bell | None:
    return _bells[0] if _bells else None
