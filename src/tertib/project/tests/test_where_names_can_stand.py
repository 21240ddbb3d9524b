"""Every column that can hold words is masked when a person is erased, or holds no people's names.

A new column fails here: register it with `people.erasing` (`Texts`) in its room's `personal.py`, or
say below why nobody's name can stand in it.
"""

from django.apps import apps
from django.db import models

from tertib.evidence.append_only import TABLES
from tertib.people import erasing
from tertib.vault.fields import SecretField

NAMELESS = """
# Words of the SOP, of the vocabulary and of our own code, numbers and digests.
agents.Enrolment: digest
agents.Section: digest name
compliance.Announced: clause state
compliance.Episode: control state
compliance.Movement: control
compliance.Owed: control
compliance.Pulse: law
compliance.Standing: bare control deciding state
compliance.Sweep: control
compliance.Total: control
compliance.Transition: bare control state was was_bare
evidence.Alias: kind
evidence.Inbox: name
evidence.Subject: kind owner
governance.Acknowledgement: digest
governance.ConfirmedYear: digest
governance.Waiver: clause control
inventory.Asset: report_digest unit
inventory.Counter: prefix
inventory.Identifier: kind
inventory.Question: reason
inventory.Title: key source
inventory.Release: key
jobs.Job: args id key kwargs task worker
jobs.Schedule: name rule
keep.Checked: fault name
notify.Choice: topic
notify.Delivery: message_id
notify.Line: once
notify.Notice: key topic url
people.ApiToken: digest kinds scope
people.Attempt: account address
people.Delegation: role
people.ListChange: kind made marks
people.Provider: claim verified
people.SpentChallenge: digest
reports.Report: fingerprint
sop.Version: digest name rest_digest zone holidays
work.Attachment: kind sha256
work.Batch: act
work.Counter: prefix
work.Event: act
work.Item: clause control matter prefix raised_role role
work.Line: control
work.Step: control role
# Things, not people: makers, software, what a machine is recognised by.
inventory.Asset: maker model serial system system_version tag
inventory.Identifier: value
inventory.Title: name publisher
inventory.Release: arch raw_name version
# Of the company: its name, places, teams, mailbox, servers.
notify.Channel: options
people.Company: mail_address mail_host mail_user name
people.Directory: authority base bind_dn email filter host key name site team
people.Provider: client_id issuer name
people.Site: name ranges zone
people.Team: name word
# Replaced or deleted as a whole by the erasure.
people.User: email full_name password team
notify.Device: digest key label
# Sealed or signed: they stay, and the page before the erasure says so.
people.ApiToken: name
reports.Report: content
sop.Version: source_text text
"""


def columns() -> dict[str, set[str]]:
    """Return the columns with words, by table, but for choices and what goes with the person."""
    alone = {model for model, _key in erasing.hanging(models.CASCADE)}  # deleted with the person
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        if not model.__module__.startswith("tertib.") or model._meta.db_table in TABLES:
            continue
        if model in alone:
            continue
        for field in model._meta.concrete_fields:
            words = isinstance(field, (models.CharField, models.TextField, models.JSONField))
            if words and not field.choices and not isinstance(field, SecretField):
                found.setdefault(model._meta.label, set()).add(field.name)
    return found


def nameless() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in NAMELESS.strip().splitlines():
        if not line.startswith("#"):
            table, told = line.split(":")
            found.setdefault(table, set()).update(told.split())
    return found


def test_every_column_with_words_is_masked_or_holds_no_names() -> None:
    masked: dict[str, set[str]] = {}
    for texts in erasing.texts():
        masked.setdefault(texts.model._meta.label, set()).update(texts.fields)
    known = nameless()
    there = columns()
    missing = {
        table: left
        for table, told in there.items()
        if (left := told - masked.get(table, set()) - known.get(table, set()))
    }
    assert missing == {}
    gone = {
        table: left for table, told in known.items() if (left := told - there.get(table, set()))
    }
    assert gone == {}
