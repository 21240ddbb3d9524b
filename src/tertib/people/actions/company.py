"""The first start, and what the company says of itself."""

from datetime import datetime
from typing import Any

from django.db import transaction

from tertib.access.policy import ADMIN
from tertib.audit.actions import note
from tertib.evidence import subjects
from tertib.people.actions.persons import add_person
from tertib.people.actions.signin import use_link
from tertib.people.actions.sites import add_site, change_site
from tertib.people.models import Company, OneTimeLink, Site, User, uuid_of

HEAD_OFFICE = "Kantor pusat"
ZONE = "Asia/Jakarta"
IMAPS = 993


@transaction.atomic
def first_start(now: datetime, *, demo: bool = False) -> Site:
    """Make the organisation, the company's row and its first site, unless they are there.

    demo: this company is invented, and says so for ever.
    """
    Company.objects.get_or_create(pk=1, defaults={"started_at": now, "is_demo": demo})
    subjects.organisation()
    return Site.objects.order_by("pk").first() or add_site(
        name=HEAD_OFFICE, zone=ZONE, by=None, now=now
    )


@transaction.atomic
def set_up(
    link: OneTimeLink,
    *,
    full_name: str,
    email: str,
    password: str,
    company: str = "",
    zone: str = "",
    mail_address: str = "",
    mail_host: str = "",
    mail_port: int | None = None,
    mail_user: str = "",
    mail_password: str = "",
    now: datetime,
) -> User | None:
    """Make who runs this installation, and keep what was told of the company.

    None: the link was used meanwhile.
    """
    site = first_start(now)
    if not use_link(link, now=now):
        return None
    if not Company.objects.filter(set_up_at=None).update(set_up_at=now):
        return None
    person = add_person(
        full_name=full_name,
        email=email,
        site=site,
        role=ADMIN,
        password=password,
        by=None,
        now=now,
    )
    describe_company(name=company, zone=zone, by=person, now=now)
    if mail_address:
        set_mailbox(
            address=mail_address,
            host=mail_host,
            port=mail_port or IMAPS,
            user=mail_user or mail_address,
            password=mail_password,
            by=person,
            now=now,
        )
    return User.objects.select_related("site").get(pk=person.pk)


@transaction.atomic
def describe_company(*, name: str, zone: str, by: User | None, now: datetime) -> None:
    """Say the company's name and where its first site is in time; an empty one stays as it was."""
    company = Company.objects.get()
    if name and company.name != name:
        words: dict[str, Any] = {"name": (company.name, name)}
        org = subjects.organisation()
        note("describe_company", org.uuid, actor=uuid_of(by), now=now, **words)
        Company.objects.update(name=name)
    site = Site.objects.order_by("pk").first()
    if zone and site and site.zone != zone:
        change_site(site, name=site.name, zone=zone, ranges=site.ranges, by=by, now=now)


@transaction.atomic
def set_mailbox(
    *, address: str, host: str, port: int, user: str, password: str, by: User, now: datetime
) -> None:
    """Say which mailbox tickets will come to. The password is stored under the keyring.

    An empty one leaves what is stored, as long as the mailbox stays the same.
    """
    company = Company.objects.get()
    org = subjects.organisation()
    note("set_mailbox", org.uuid, actor=by.uuid, now=now, address=(company.mail_address, address))
    same = (company.mail_host, company.mail_user) == (host, user)
    company.mail_address, company.mail_host, company.mail_port = address, host, port
    company.mail_user = user
    company.mail_password = password or (company.mail_password if same else None)
    fields = ["mail_address", "mail_host", "mail_port", "mail_user", "mail_password"]
    company.save(update_fields=fields)
