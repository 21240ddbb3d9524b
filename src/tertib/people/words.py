"""How roles are called: by the SOP in force, in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access import policy


def role_names() -> dict[str, str]:
    """Return each role's name by its id, in the order of the SOP; the system's own come last."""
    told = policy.names(get_language() or "id")
    own = {role: told.get(role, role) for role in policy.tree()}
    return own | {policy.ADMIN: _("Administrator of Tertib"), policy.AUDITOR: _("Auditor")}


def named(roles: Iterable[str]) -> list[str]:
    """Return how these roles are called; one of an earlier SOP keeps its id."""
    names = role_names()
    return [names.get(role, role) for role in roles]


def scope_words() -> dict[str, str]:
    return {
        "facts.write": _("Bring facts"),
        "compliance.read": _("Read verdicts"),
        "evidence.read": _("Read records"),
        "people.read": _("Read people and sites"),
        "work.read": _("Read work"),
    }


SARI = "sari@contoh.co.id"
EXAMPLE = (  # what the page shows to be copied; a list in Indonesian, as the columns are called
    "nama;email;peran;tim;lokasi;status;mulai;keluar;atasan",
    f"Sari Dewi;{SARI};kepala_ti;TI;%(site)s;aktif;2024-01-15;;-",
    f"Budi Santoso;budi@contoh.co.id;helpdesk, pengguna;TI;%(site)s;aktif;2025-03-03;;{SARI}",
    "Rina Putri;rina@contoh.co.id;;Keuangan;%(site)s;keluar;2022-07-01;2026-10-30;-",
)


def example(site: str) -> list[list[str]]:
    """Return the cells of the example for a company with this site, the head first."""
    return [[cell % {"site": site} for cell in row.split(";")] for row in EXAMPLE]
