"""Attest: somebody with the role has signed lately (semantics 4.5)."""

from tertib.compliance.kinds.freshness import Age, Limits
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Slice
from tertib.sop.format import Attest


def judge(control: Attest, version: Version, sliced: Slice) -> Age:
    roles = {
        f"role:{role}" for role in version.sop.roles if _is_or_under(role, control.by, version)
    }

    def held(fact: Fact) -> bool:
        return any(
            span.population in roles
            and span.subject == fact.actor
            and span.began_at <= fact.occurred_at
            and (span.ended_at is None or fact.occurred_at < span.ended_at)
            for span in sliced.roles
        )

    signed = [
        fact
        for fact in sliced.facts
        if fact.kind == control.evidence and fact.outcome == "ok" and held(fact)
    ]
    return Age([signed], Limits(control.within, control.warn, version))


def _is_or_under(role: str, by: str, version: Version) -> bool:
    seen: set[str] = set()
    while role != by:
        seen.add(role)
        found = version.sop.roles.get(role)
        if found is None or found.parent is None or found.parent in seen:
            return False
        role = found.parent
    return True
