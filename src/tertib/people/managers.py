"""Whether the line managers of a people list can be: known, still there, and no circle."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.people.roster import Fault, Known, Plan, Row

SHOWN = 6  # people of a circle


def faults(rows: Sequence[Row], known: Mapping[str, Known], plan: Plan) -> list[Fault]:
    """Return every row whose line manager cannot be, once the plan is carried out."""
    at = {row.email: row.number for row in rows}
    told = {row.email: row for row in rows if row.manager is not None}
    there = {email for email, person in known.items() if person.active}
    there |= {change.email for change in plan.changes if change.kind in ("join", "back")}
    there -= {change.email for change in plan.changes if change.kind == "leave"}
    found = []
    for row in told.values():
        if row.email not in there or not row.manager:
            continue
        if row.manager not in there:
            why = N_("The line manager does not work here, or does not yet.")
            found.append(Fault(row.number, why, row.manager))
    above = {email: known[email].manager for email in there & known.keys()}
    above |= {email: row.manager or "" for email, row in told.items() if email in there}
    return sorted(found + _circles(above, told, at), key=lambda fault: fault.row)


def _circles(
    above: Mapping[str, str], told: Mapping[str, Row], at: Mapping[str, int]
) -> list[Fault]:
    """Return a fault for each row of a circle, with everybody who is in it and their rows."""
    found: list[Fault] = []
    done: set[str] = set()
    for start in told:
        path: dict[str, None] = {}  # in order
        one = start
        while one and one not in done and one not in path:
            path[one] = None
            one = above.get(one, "")
        if one in path:
            circle = list(path)[list(path).index(one) :]
            names = [f"{email} ({at[email]})" if email in at else email for email in circle]
            shown = names[:SHOWN] + (["…"] if len(names) > SHOWN else []) + [names[0]]
            why = N_("The line managers go in a circle.")
            found += [Fault(at[email], why, " → ".join(shown)) for email in circle if email in told]
        done |= path.keys()
    return found
