"""Panels that domains add to a page about one subject: the page knows none of them by name."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

type Panel = Callable[[UUID, datetime], tuple[str, dict[str, Any]] | None]
_panels: dict[str, list[tuple[int, Panel]]] = {}


def register(kind: str, panel: Panel, *, order: int = 50) -> None:
    """Offer a panel for pages about subjects of that kind; it returns template and context."""
    _panels.setdefault(kind, []).append((order, panel))
    _panels[kind].sort(key=lambda entry: entry[0])


def about(kind: str, subject: UUID, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    offered = (panel(subject, now) for _, panel in _panels.get(kind, []))
    return (found for found in offered if found)
