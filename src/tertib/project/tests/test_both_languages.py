"""Every word that people see is there in Indonesian, beside the code that says it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext, override, pgettext
from django.utils.translation.template import templatize

ROOMS = sorted(path.parent for path in Path(settings.PACKAGE).glob("*/__init__.py"))
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "N_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[a-z]")

type Key = tuple[str | None, str]  # context, msgid


def used(room: Path) -> dict[Key, str]:
    """Return what the room says, and in which file."""
    found: dict[Key, str] = {}
    for file in room.rglob("*"):
        if "tests" in file.parts or file.suffix not in (".py", ".html", ".txt"):
            continue
        if file.suffix != ".py" and "templates" not in file.parts:
            continue
        text = file.read_text()
        source = text if file.suffix == ".py" else without_margin(templatize(text))
        keywords = KEYWORDS if file.suffix == ".py" else {**KEYWORDS, "_": None}
        for _line, message, _comments, context in extract(
            "python", BytesIO(source.encode()), keywords=keywords
        ):
            msgid = message if isinstance(message, str) else message[0]
            found[context, msgid] = file.name
    return found


def without_margin(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


def catalogue(room: Path) -> Catalog:
    file = room / "locale" / "id" / "LC_MESSAGES" / "django.po"
    if not file.exists():
        return Catalog("id")
    with file.open("rb") as text:
        return read_po(text, locale="id", abort_invalid=True)


def translated(room: Path) -> Iterator[tuple[Key, list[str], list[str]]]:
    """Yield each entry: its key, its English forms and its Indonesian ones."""
    for message in catalogue(room):
        if message.id:
            english = [message.id] if isinstance(message.id, str) else list(message.id)
            string = message.string or ""
            said = [string] if isinstance(string, str) else list(string)
            yield (message.context, english[0]), english, [] if message.fuzzy else said


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_each_room_says_everything_in_indonesian_too_and_nothing_is_left_over(room: Path) -> None:
    says = used(room)
    there = {key for key, _english, said in translated(room) if said and all(said)}
    missing = [f"{says[key]}: {key[1]!r}" for key in says.keys() - there]
    left_over = [msgid for (context, msgid), *_ in translated(room) if (context, msgid) not in says]
    assert not missing, "no Indonesian words for\n" + "\n".join(sorted(missing))
    assert not left_over, "nobody says any more\n" + "\n".join(sorted(left_over))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_translation_names_the_same_values(room: Path) -> None:
    for _key, english, said in translated(room):
        for words in said:
            assert set(PLACEHOLDER.findall(words)) <= set(PLACEHOLDER.findall(english[-1])), words
            assert len(PLACEHOLDER.findall(words)) >= len(PLACEHOLDER.findall(english[0])), words


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_other_app_s_words_are_shown_instead(room: Path) -> None:
    with override("id"):
        shown = {
            (context, msgid): pgettext(context, msgid) if context else gettext(msgid)
            for (context, msgid), english, _said in translated(room)
            if len(english) == 1
        }
    ours = {key: said[0] for key, _english, said in translated(room) if said}
    # What is not compiled yet shows as English, and is no other app's.
    other = {key: words for key, words in shown.items() if words not in (ours.get(key), key[1])}
    assert other == {}


def test_the_walk_sees_words_in_code_and_in_templates() -> None:
    assert used(Path(settings.PACKAGE) / "ui")
