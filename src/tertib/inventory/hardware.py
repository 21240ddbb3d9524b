"""What a report says of the machine itself. Values in, values out."""

import re
from collections.abc import Mapping
from typing import Any

# Words of the chassis in firmware: the type of the register.
_TYPES = {
    "laptop": ("laptop", "notebook", "portable", "sub notebook", "convertible", "detachable",
               "tablet", "hand held", "docking station"),
    "desktop": ("desktop", "low profile desktop", "pizza box", "mini tower", "tower", "all in one",
                "space-saving", "lunch box", "sealed-case pc", "mini pc", "stick pc"),
    "server": ("server", "main server chassis", "rack mount chassis", "blade", "blade enclosure",
               "multi-system", "rack mount unit", "multi-system chassis"),
}  # fmt: skip
_TYPE_OF = {word: name for name, words in _TYPES.items() for word in words}
# What of a company's name says only that it is one, and names that nobody writes like the firmware.
_FORM = re.compile(
    r"[ ,]+(?:inc|corp|corporation|co|ltd|limited|gmbh|computers?|electronics)\b.*", re.IGNORECASE
)
_BRANDS = {"lenovo": "Lenovo", "asustek": "ASUS", "acer": "Acer", "toshiba": "Toshiba",
           "fujitsu": "Fujitsu", "samsung": "Samsung", "gigabyte": "Gigabyte",
           "hewlett-packard": "HP", "micro-star international": "MSI"}  # fmt: skip
UNSURE = "desktop"  # so that no computer slips out of the population of computers


def type_of(chassis: object) -> str | None:
    """Return the type that a chassis means, or None if it tells nothing."""
    return _TYPE_OF.get(str(chassis or "").strip().lower())


def text(value: object, longest: int = 200) -> str:
    return " ".join(str(value).split())[:longest] if value not in (None, "") else ""


def plain(value: object) -> str:
    """Return the name of a part without the marks that its maker puts into it."""
    return text(text(value, 100).replace("(R)", "").replace("(TM)", ""))


def number(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None


def system(operatingsystem: Mapping[str, Any], hardware: Mapping[str, Any]) -> str:
    """Return the operating system's full name; old dialects have it among the hardware."""
    told = operatingsystem.get("full_name") or operatingsystem.get("name")
    return text(told or hardware.get("osname"))


def system_version(operatingsystem: Mapping[str, Any], hardware: Mapping[str, Any]) -> str:
    if told := text(operatingsystem.get("version"), 100):
        return told
    return text(operatingsystem.get("kernel_version") or hardware.get("osversion"), 100)


def made(maker: str, model: str) -> str:
    """Return a model with its maker as people call it, not as the firmware writes it: LENOVO is
    Lenovo, Dell Inc. is Dell. A model that says its maker itself says it once.
    """
    brand = _FORM.sub("", maker).strip(" ,")
    brand = _BRANDS.get(brand.casefold(), brand)
    return model if model.casefold().startswith(brand.casefold()) else f"{brand} {model}"


def model(bios: Mapping[str, Any]) -> tuple[str, str]:
    """Return maker and model; the board's if the machine has none of its own."""
    maker = _named(bios.get("smanufacturer")) or _named(bios.get("mmanufacturer"))
    return maker, _named(bios.get("smodel")) or _named(bios.get("mmodel"))


def _named(told: object) -> str:
    plain = text(told, 100)
    empty = ("to be filled", "system ", "default string", "not ", "o.e.m", "none", "unknown")
    return "" if plain.lower().startswith(empty) else plain
