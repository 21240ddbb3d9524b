"""What the values in reports are called. A name that a company adds itself stands as it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "antivirus_on": _("antivirus switched on"),
    "baseline_checks_failed": _("failed checks of the baseline"),
    "class": _("classification"),
    "copy_encrypted": _("copy encrypted"),
    "copy_host": _("machine of the copy"),
    "copy_site": _("site of the copy"),
    "fields": _("record"),
    "firewall_on": _("firewall switched on"),
    "grants_without_approval": _("access granted without approval"),
    "guides": _("guides"),
    "has_change_record": _("recorded as a change"),
    "ids_sensor_alive": _("sensor alive"),
    "in_catalogue": _("as the role allows"),
    "level": _("access level"),
    "location": _("location"),
    "minutes_lost_change": _("change of the minutes lost"),
    "newest_copy_elsewhere_at": _("newest copy elsewhere"),
    "next_maintenance_at": _("next maintenance"),
    "oldest_missing_security_update_at": _("oldest security update that is missing"),
    "on_registered_server": _("on a registered server"),
    "os_supported": _("operating system supported"),
    "owner": _("owner"),
    "owner_active": _("owner works here"),
    "owner_development": _("owner of development"),
    "owner_maintenance": _("owner of maintenance"),
    "owner_security": _("owner of security"),
    "person_active": _("works here"),
    "primary_host": _("machine of the data"),
    "primary_site": _("site of the data"),
    "published_material": _("guides or videos published"),
    "reported_share": _("share of people who reported it"),
    "score": _("rating"),
    "serial": _("serial number"),
    "signature_at": _("newest virus signatures"),
    "status": _("status"),
    "stayed_closed": _("stayed closed"),
    "tag": _("tag"),
    "unlicensed_software": _("software without a licence"),
    "version": _("version of the SOP"),
}


def word(name: str) -> str:
    """Return what a value is called; where it lies inside another, both: "location: on a …"."""
    return ": ".join(str(WORDS.get(part, part)) for part in name.split("."))
