"""What people can be told about. A room registers its topics, with their words, in apps.ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Words:
    title: str  # one line that says it all
    text: str = ""  # what else one has to know, without formatting


# data, language ("id" or "en", which gettext speaks already), the person's zone
type Teller = Callable[[Mapping[str, Any], str, tzinfo], Words]


@dataclass(frozen=True)
class Topic:
    name: str  # "work.assigned"
    label: str | Promise  # as people choose it
    words: Teller
    icon: str = "bell"
    required: bool = False  # nobody can switch it off
    event: bool = False  # told to machines and chats that ask for it, to nobody in person
    secret: bool = False  # a link that only one person may know: no machine and no chat hears of it


_topics: dict[str, Topic] = {}


def register(topic: Topic) -> None:
    _topics[topic.name] = topic


def known(name: str) -> Topic:
    """Return the topic; raise KeyError if no room registered it."""
    return _topics[name]


def is_known(name: str) -> bool:
    return name in _topics


def required(name: str) -> bool:
    return name in _topics and _topics[name].required


def icon(name: str) -> str:
    return _topics[name].icon if name in _topics else "bell"


def optional() -> list[Topic]:
    """Return what a person may switch off, in the order of the labels."""
    return [topic for topic in personal() if not topic.required]


def personal() -> list[Topic]:
    """Return what people are told in person."""
    return [topic for topic in every() if not topic.event]


def shared() -> list[Topic]:
    """Return what machines and chats can be told."""
    return [topic for topic in every() if not topic.secret]


def every() -> list[Topic]:
    return sorted(_topics.values(), key=lambda topic: str(topic.label))


def read(name: str, data: Mapping[str, Any], language: str, zone: tzinfo) -> Words:
    """Say a notice in words. One of a room that is gone is still there, only without details."""
    topic = _topics.get(name)
    return topic.words(data, language, zone) if topic else Words(_("A notice"))
