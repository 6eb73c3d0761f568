"""Registrations under the names of 3GPP TS 28.552 section 5.2.2, as an AMF counts them.

Requests count when they are received, successes when the accept is sent, failures when a reject is, by its 5GMM cause.
The AMF's own counters are split by S-NSSAI, which is not read here. Onboarding and disaster roaming have no counters
there that are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sctptop.model.ngap.dialect import NGAP
from sctptop.model.registrations.tally import ACCEPTED, Tally
from sctptop.model.registrations.words import REJECTED

NAMES = {"initial": "RegInit", "mobility": "RegMob", "periodic": "RegPeriod", "emergency": "RegEmerg"}
"""By the type that was requested."""
TIME = "RM.RegTime"
"""From the request to the accept, of those that succeeded."""
_CAUSE = re.compile(r"5GMM (\d+)\b")


def standard_counts(tallies: Iterable[Tally]) -> dict[str, int]:
    """Counters of the kinds that were seen, since the reset; none where we are not the AMF."""
    found: dict[str, int] = {}
    for tally in tallies:
        accepted = tally.parts[ACCEPTED].times.n
        found |= counters_of(tally.end, tally.kind, tally.started, accepted, tally.ended, tally.causes)
    return found


def counters_of(
    end: str,
    kind: str | None,
    started: int,
    accepted: int,
    ended: Mapping[str, int],
    causes: Mapping[tuple[str, str], int],
) -> dict[str, int]:
    """Of registrations of one kind that an end saw; ``causes`` by outcome. None where it is no AMF.

    Fail is of all rejects; each cause follows, such as ``RM.RegInitFail.22``, as far as it was read. A setup of the
    context that failed is no reject.
    """
    name = NAMES.get(kind or "")
    if end != NGAP.core or name is None:
        return {}
    rejects = {cause: times for (outcome, cause), times in causes.items() if outcome == REJECTED}
    told = {int(read[1]): times for cause, times in rejects.items() if (read := _CAUSE.match(cause))}
    others = sum(times for cause, times in rejects.items() if not _CAUSE.match(cause))
    found = {f"RM.{name}Req": started, f"RM.{name}Succ": accepted}
    if failed := ended[REJECTED] - others:
        found[f"RM.{name}Fail"] = failed
    return {**found, **{f"RM.{name}Fail.{cause}": told[cause] for cause in sorted(told)}}
