"""Who takes what from host reports. The rooms above register in their `apps.ready`: one of them
knows the hosts, each may take sections. Agents imports none of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tertib.agents.wire.message import Section
from tertib.evidence.models import Subject
from tertib.people.models import Site


@dataclass(frozen=True, slots=True)
class Report:
    """An inventory of one host as it came in."""

    deviceid: str
    agent_id: str  # GLPI-Agent-ID; empty if none was sent or it is the injector's own
    partial: bool
    digest: str  # equal for the same report
    sections: Mapping[str, Section]

    def content(self, name: str) -> Any:
        """Return a section's content, or None."""
        section = self.sections.get(name)
        return section.content if section else None

    def first(self, name: str) -> Mapping[str, Any]:
        """Return the section that is an object; empty if it was not told."""
        content = self.content(name)
        return content if isinstance(content, dict) else {}

    def entries(self, name: str) -> Sequence[Mapping[str, Any]]:
        content = self.content(name)
        return content if isinstance(content, list) else ()


@dataclass(frozen=True, slots=True)
class Change:
    """A section that is not what it was. whole False: add these entries, take none away."""

    content: Any
    whole: bool = True


type Changes = Mapping[str, Change]


class Hosts[Host](Protocol):
    """The room that knows which subject a report is about. Host: what it knows of one, in its own
    form; from finding it to the end of the report it is read once."""

    def find(self, report: Report, site: Site, *, now: datetime) -> Host | None:
        """Return the host, made if need be and locked; None: this very report is known already.

        Raise Refused if it cannot be told whose report it is.
        """

    def subject(self, host: Host) -> Subject: ...

    def is_new(self, host: Host) -> bool:
        """Say whether this report is the first of it: nothing is stored that could differ."""

    def seen(
        self, host: Host, report: Report, changes: Changes, site: Site, *, now: datetime
    ) -> None:
        """Its sections are stored: say what the report proves."""


type Take = Callable[[Any, Changes, datetime], None]  # the host as its room knows it


@dataclass(frozen=True, slots=True)
class Taker:
    take: Take | None
    kept: bool  # here, as it came; else the taker keeps it


_hosts: list[Hosts[Any]] = []
_takers: dict[str, Taker] = {}


def know_hosts(hosts: Hosts[Any]) -> None:
    _hosts[:] = [hosts]


def take_sections(*names: str, take: Take | None = None, kept: bool = True) -> None:
    """Take these sections: `take` is told their changes, in the report's own transaction.

    A section that nobody takes is dropped unread.
    """
    for name in names:
        if name in _takers:
            raise ValueError(f"Section {name} is taken twice")
        _takers[name] = Taker(take, kept)


def hosts() -> Hosts[Any]:
    [known] = _hosts
    return known


def wanted() -> frozenset[str]:
    return frozenset(_takers)


def taker(name: str) -> Taker:
    return _takers[name]


def takers(changes: Changes) -> list[tuple[Take, dict[str, Change]]]:
    """Return each taker with its share of the changes."""
    shares: dict[Take, dict[str, Change]] = {}
    for name, change in changes.items():
        if take := _takers[name].take:
            shares.setdefault(take, {})[name] = change
    return list(shares.items())
