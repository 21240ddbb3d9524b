"""What an agent said: the one form in which the rooms get it."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tertib.agents.wire import document, schema
from tertib.agents.wire.errors import BadReport
from tertib.agents.wire.redact import redact


@dataclass(frozen=True, slots=True)
class Section:
    content: Any
    digest: str  # of its canonical bytes: equal content, equal digest

    @property
    def entries(self) -> int:
        return len(self.content) if isinstance(self.content, list) else 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message; content is only there for an inventory, already redacted."""

    is_json: bool
    action: str  # prolog, contact, inventory, or what we don't do
    deviceid: str
    partial: bool = False
    sections: dict[str, Section] = field(default_factory=dict)
    itemtype: str = "Computer"

    @property
    def digest(self) -> str:
        """Equal for the same report said again."""
        parts = [f"{name}={section.digest}" for name, section in sorted(self.sections.items())]
        return sha256("\n".join([self.deviceid, str(self.partial), *parts]).encode()).hexdigest()


def read(data: bytes, *, wanted: frozenset[str]) -> Message:
    """Read an unpacked body; of an inventory only the wanted sections. Raise BadReport."""
    is_json = document.is_json(data)
    told = document.read_json(data) if is_json else document.read_xml(data)
    schema.check(told)
    action = told.get("action", "inventory")
    sections = {}
    if action == "inventory":
        if "content" not in told:
            raise BadReport("missing", "content")
        for name in sorted(wanted & told["content"].keys()):
            clean, canonical = redact(told["content"][name])
            sections[name] = Section(clean, sha256(canonical).hexdigest())
    return Message(
        is_json=is_json,
        action=action,
        deviceid=told["deviceid"],
        partial=told.get("partial", False),
        sections=sections,
        itemtype=told.get("itemtype", "Computer"),
    )
