"""From a document to one form of report, whichever dialect it came in: the JSON of the GLPI Agent.

XML is brought to it: small-letter names, lists where the dialect repeats a tag, numbers as numbers.
What Tertib does not want to know (`redact.SECTIONS`) is left out before anything else is looked at:
a command line of 30,000 characters refuses no machine's report.
"""

import re
from typing import Any

import orjson
from lxml import etree

from tertib.agents.wire import bounds
from tertib.agents.wire.errors import BadReport
from tertib.agents.wire.redact import SECTIONS

type Value = Any  # what JSON can hold

# Sections that hold one entry per thing, even if there is only one.
LISTS = frozenset(
    {
        "antivirus", "batteries", "controllers", "cpus", "databases_services", "drives", "envs",
        "firewalls", "inputs", "licenseinfos", "local_groups", "local_users", "logical_volumes",
        "memories", "modems", "monitors", "networks", "physical_volumes", "ports", "powersupplies",
        "printers", "processes", "pending_updates", "remote_mgmt", "simcards", "slots", "softwares",
        "sounds", "storages", "usbdevices", "users", "videos", "virtualmachines", "volume_groups",
    }
)  # fmt: skip
OBJECTS = frozenset({"accesslog", "bios", "hardware", "operatingsystem"})
SECTION_NAMES = {"firewall": "firewalls"}  # XML's name: ours
KEY_NAMES = {"networks": {"macaddr": "mac"}, "storages": {"serialnumber": "serial"}}
NUMBERS = frozenset(
    {
        "capacity", "core", "corecount", "disksize", "filesize", "free", "frequency", "memory",
        "numslots", "real_capacity", "stepping", "swap", "thread", "total", "vcpu",
    }
)  # fmt: skip
FLAGS = frozenset({"virtualdev", "enabled", "uptodate", "wireless", "virtualdevice", "systemdrive"})

_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Agents pass on what a process or a driver calls itself: characters that XML has no place for, and
# references and entities that nobody meant (a command line with "&#27;" or "&copy=1" in it).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));)?")


def is_json(document: bytes) -> bool:
    """Say what it is by its first character. Raise BadReport if it is neither JSON nor XML."""
    start = document[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start not in (b"{", b"<"):
        raise BadReport("it is neither JSON nor XML", "body")
    return start == b"{"


def read_json(document: bytes) -> Value:
    document = document.removeprefix(b"\xef\xbb\xbf")
    _count(document, b",", b"[", b"{")
    try:
        told = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        why = f"not well-formed JSON, line {error.lineno}, column {error.colno}"
        raise BadReport(why, "body") from None
    if isinstance(told, dict) and isinstance(content := told.get("content"), dict):
        told["content"] = {name: content[name] for name in content if name not in SECTIONS}
    return told


def read_xml(document: bytes) -> dict[str, Value]:
    """Return the XML dialect's report in the JSON dialect's form."""
    _count(document, b"<")
    text = _decode(document)
    if found := _DOCTYPE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise BadReport(f"a document type or an entity is declared in line {line}", "body")
    text = _AMPERSAND.sub(_reference, _NO_XML.sub("\ufffd", _DECLARATION.sub("", text, count=1)))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise BadReport(f"not well-formed XML, line {line}, column {column}", "body") from None
    told = _fields(root, "", 1)
    if not isinstance(told, dict):
        raise BadReport("it holds no elements", str(root.tag)[:60])
    content = told.get("content")
    return _report(told, content if isinstance(content, dict) else {})


def _count(document: bytes, *marks: bytes) -> None:
    if sum(document.count(mark) for mark in marks) > bounds.MARKS:
        raise BadReport(f"more than {bounds.MARKS:,} values", "body", status=413)


def _decode(document: bytes) -> str:
    """UTF-8, and what is not is ISO-8859-1, whatever the declaration says."""
    if b"\0" in document:
        raise BadReport("neither UTF-8 nor ISO-8859-1", "body")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError:
        return document.decode("iso-8859-1")


def _reference(found: re.Match[str]) -> str:
    """Return a reference to a character that XML knows as it is, another as the text it was."""
    hexadecimal, decimal = found.groups()
    if not (hexadecimal or decimal):
        return "&amp;"
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    known = code <= 0x10FFFF and not _NO_XML.match(chr(code))
    return found[0] if known else "\ufffd"


def _report(told: dict[str, Value], content: dict[str, Value]) -> dict[str, Value]:
    sections: dict[str, Value] = {}
    for name, value in content.items():
        section = SECTION_NAMES.get(name, name)
        if section in LISTS:
            entries = [entry for entry in _listed(value) if isinstance(entry, dict)]
            sections[section] = [_entry(section, entry) for entry in entries]
        elif isinstance(value, dict):
            sections[section] = _entry(section, value)
        else:
            sections[section] = value
    return {
        "action": str(told.get("query") or "inventory").lower(),
        "deviceid": told.get("deviceid") or "",
        "content": sections,
    }


def _entry(section: str, entry: dict[str, Value]) -> dict[str, Value]:
    names = KEY_NAMES.get(section, {})
    return {names.get(key, key): _typed(key, value) for key, value in entry.items()}


def _typed(key: str, value: Value) -> Value:
    if isinstance(value, str):
        if key in NUMBERS and len(value) <= 18 and value.isascii() and value.isdigit():
            return int(value)
        if key in FLAGS and value in ("0", "1"):
            return value == "1"
    return value


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _fields(element: etree._Element, path: str, depth: int) -> Value:
    """Return a leaf's text, or the fields of an element; a tag that comes again is a list."""
    if depth > bounds.DEPTH:
        raise BadReport(f"deeper than {bounds.DEPTH} elements", path)
    fields: dict[str, Value] = {}
    for child in element:
        name = str(child.tag).lower()
        if depth == 2 and name in SECTIONS:
            continue
        value = _fields(child, f"{path}.{name}"[-200:].lstrip("."), depth + 1)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields or (element.text or "").strip()
