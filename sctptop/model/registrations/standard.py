"""Registrations under the names of 3GPP TS 28.552 section 5.2.2, as an AMF counts them.

Requests count when they are received, successes when the accept is sent. The AMF's own counters are split by S-NSSAI,
which is not read here. Onboarding and disaster roaming have no counters there that are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.model.ngap.dialect import NGAP
from sctptop.model.registrations.tally import ACCEPTED, Tally

NAMES = {"initial": "RegInit", "mobility": "RegMob", "periodic": "RegPeriod", "emergency": "RegEmerg"}
"""By the type that was requested."""


def standard_counts(tallies: Iterable[Tally]) -> dict[str, int]:
    """Counters of the kinds that were seen, since the reset; none where we are not the AMF."""
    found: dict[str, int] = {}
    for tally in tallies:
        name = NAMES.get(tally.kind or "")
        if tally.end == NGAP.core and name is not None:
            found[f"RM.{name}Req"] = tally.started
            found[f"RM.{name}Succ"] = tally.parts[ACCEPTED].times.n
    return found
