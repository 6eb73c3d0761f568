"""What the columns of registrations that ended are called in a recording."""

from __future__ import annotations

from datetime import datetime, timezone

RULES = 4
"""Of how registrations and advice are made of messages: where that changes, so does this, and older results are passed
over."""
SAMPLE, KEY, WIRE, END, KIND, OUTCOME, CAUSE = "sample", "key", "wire", "end", "kind", "outcome", "cause"
FLAGS, RAN, AMF, BEGAN_US, BEGAN_NS = "flags", "ran_ue_id", "amf_ue_id", "began_us", "began_ns"
ATTEMPT, SINCE, ACCEPTED, MANY = "attempt", "since", "accepted", "many"
ENDED = (
    *(SAMPLE, KEY, WIRE, END, KIND, OUTCOME, CAUSE),
    *(FLAGS, RAN, AMF, BEGAN_US, BEGAN_NS, ATTEMPT, SINCE, ACCEPTED, MANY),
)
RISING = frozenset((SAMPLE, RAN, AMF, BEGAN_US, BEGAN_NS))
ALL, GAPS = "all", "gaps"
MOST_ENDED = 100_000
"""In one text; a reader makes as many of a few bytes."""
INFERRED, NETWORK_APART = 1, 2
"""In FLAGS."""
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
