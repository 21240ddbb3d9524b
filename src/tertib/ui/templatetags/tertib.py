"""Tags that every template has: icons, states, times, numbers, charts. The words are in rules."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from tertib.ui import links, rules
from tertib.ui.status import STATES

register = template.Library()
NOTHING = "\N{EN DASH}"


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon, which says nothing: its meaning stands in text beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" i-{size}" if size else "",
        static("built/icons.svg"),
        name,
    )


@register.simple_tag
def status(state: str, form: str = "") -> SafeString:
    """Show a state as shape, word and colour; form: pill, or short (the word is only heard)."""
    return _status(state, form, _language())


@cache  # a page shows a hundred of them, of a dozen forms
def _status(state: str, form: str, _language: str) -> SafeString:
    shown = STATES[state]
    word = format_html('<span class="sr">{}</span>' if form == "short" else "{}", shown.word)
    drawn = icon(shown.icon) if shown.icon else ""
    look = f"{shown.key} pill" if form == "pill" else shown.key
    return format_html('<span class="st {}">{}{}</span>', look, drawn, word)


@register.filter
def state_key(state: str) -> str:
    return STATES[state].key


@register.filter
def state_word(state: str) -> str:
    return str(STATES[state].word)


@register.filter
def state_tally(state: str) -> str:
    return str(STATES[state].tally)


@register.simple_tag
def state_icon(state: str) -> SafeString:
    shown = STATES[state].icon
    return icon(shown) if shown else SafeString("")


@register.simple_tag
def cell_icon(state: str) -> SafeString:
    shown = STATES[state].cell
    return icon(shown) if shown else SafeString("")


@register.simple_tag
def spark(
    values: Sequence[float],
    state: str = "",
    width: int = 60,
    height: int = 26,
    top: float | None = None,
    name: str = "",
) -> SafeString:
    """Draw a sparkline that ends in a dot of the state; with a name it is read out, else not."""
    if not values:
        return SafeString("")
    line = rules.points(values, width=width, height=height, top=top)
    path = " ".join(f"{x},{y}" for x, y in line)
    area = (
        format_html('<polygon class="a" points="3,{} {} {},{}"/>', height, path, width - 3, height)
        if top is not None
        else ""
    )
    x, y = line[-1]
    dot = format_html(
        '<circle class="f-{}" cx="{}" cy="{}" r="3"/>', STATES[state].key if state else "ink", x, y
    )
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" {2}>{3}'
        '<polyline class="l" points="{4}"/>{5}</svg>',
        width,
        height,
        _named(name),
        area,
        path,
        dot,
    )


@register.simple_tag
def bar(parts: Sequence[tuple[int, str]], name: str = "") -> SafeString:
    """Draw a bar of (amount, state or "rest") that fills its place."""
    width = 1000
    drawn = zip(rules.shares([amount for amount, _ in parts], width), parts, strict=True)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" height="6"/>',
        (
            ("t" if state == "rest" else f"f-{STATES[state].key}", offset, share)
            for (offset, share), (_, state) in drawn
        ),
    )
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 6" preserveAspectRatio="none" {}>{}</svg>',
        width,
        _named(name),
        rects,
    )


@register.filter
def when(t: datetime | None, now: datetime) -> str | SafeString:
    return _time(t, rules.when(t, now, _zone(), _language())) if t else NOTHING


@register.filter
def when_inside(t: datetime | None, now: datetime) -> str | SafeString:
    return _time(t, rules.when_inside(t, now, _zone(), _language())) if t else NOTHING


@register.filter
def left(t: datetime | None, now: datetime) -> str | SafeString:
    return _time(t, rules.left(t, now, _language())) if t else NOTHING


@register.filter
def ago(t: datetime | None, now: datetime) -> str | SafeString:
    return _time(t, rules.ago(t, now, _language())) if t else NOTHING


@register.filter
def stamp(t: datetime | None) -> str | SafeString:
    return _time(t, rules.stamp(t, _zone(), _language())) if t else NOTHING


@register.filter
def until(t: datetime | None, now: datetime) -> str | SafeString:
    """Say a deadline: one at midnight is told as the end of the day, 24.00."""
    if t is None:
        return NOTHING
    return _time(
        t, rules.until(t, now, _zone(), _language()), rules.until_stamp(t, _zone(), _language())
    )


@register.filter
def until_inside(t: datetime | None, now: datetime) -> str | SafeString:
    return _time(t, rules.until_inside(t, now, _zone(), _language())) if t else NOTHING


@register.filter
def until_stamp(t: datetime | None) -> str | SafeString:
    if t is None:
        return NOTHING
    full = rules.until_stamp(t, _zone(), _language())
    return _time(t, full, full)


@register.filter
def until_day(t: datetime | None) -> str | SafeString:
    """Say the last day of a span that ends at midnight: 5 Des 2026."""
    if t is None:
        return NOTHING
    last = rules.calendar_day(rules.last_day(t, _zone()), _language())
    return _time(t, last, rules.until_stamp(t, _zone(), _language()))


@register.filter
def day(t: datetime | None) -> str | SafeString:
    return _time(t, rules.day(t, _zone(), _language())) if t else NOTHING


@register.filter
def calendar_day(on: date) -> str:
    """Return a date that belongs to no zone: 1 Jan 2026."""
    return rules.calendar_day(on, _language())


@register.filter
def long_day(t: datetime) -> str:
    return rules.long_day(t, _zone(), _language())


@register.filter
def clock(t: datetime) -> str:
    local = t.astimezone(_zone())
    return f"{rules.clock(local, _language())} {rules.zone_name(t, _zone())}"


@register.filter
def leaf(t: datetime) -> tuple[int, str]:
    return rules.date_parts(t, _zone(), _language())


@register.filter
def field_time(t: datetime) -> str:
    """Return what an input of type datetime-local takes."""
    return f"{t.astimezone(_zone()):%Y-%m-%dT%H:%M}"


@register.filter
def number(value: int) -> str:
    return rules.number(value, _language())


@register.filter
def percent(share: Fraction) -> str:
    return rules.percent(share, _language())


@register.filter
def told(text: Any) -> str:
    """Return a Text of the SOP in the language of the page."""
    return str(getattr(text, _language()))


@register.filter
def source(name: str) -> str:
    """Return what a source of the ledger is called: its own entries by the product's name."""
    return "Tertib" if name == "tertib" else name


@register.filter
def initials(name: str) -> str:
    return rules.initials(name)


@register.filter
def first_word(name: str) -> str:
    return name.split()[0] if name.split() else ""


@register.simple_tag
def greeting(now: datetime) -> str:
    return rules.greeting(now, _zone(), _language())


@register.simple_tag(takes_context=True)
def offered(context: Any, kind: str, key: str) -> list[tuple[str, str]]:
    """Return what other rooms offer whoever reads this about something: (label, URL)."""
    shell = context["shell"]
    return list(links.offered(kind, key, shell.person.permissions(now=shell.now)))


def _time(t: datetime, words: str, full: str = "") -> SafeString:
    full = full or rules.stamp(t, _zone(), _language())
    return format_html('<time datetime="{}" title="{}">{}</time>', t.isoformat(), full, words)


def _named(name: str) -> SafeString:
    if not name:
        return SafeString('aria-hidden="true"')
    return format_html('role="img" aria-label="{}"', gettext(name))


def _zone() -> Any:
    return timezone.get_current_timezone()


def _language() -> str:
    return rules.known(get_language())
