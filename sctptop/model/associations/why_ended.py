"""Why an association ended, as far as its last state and the SNMP counters of that interval show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sctptop.model.association import Association


def reason(last: Association, born: Iterable[Association], gone: int, gained: Mapping[str, int]) -> str:
    """In words; ``born`` and ``gone`` are of the same interval, ``gained`` what its counters gained there."""
    ends = (last.netns, last.local_port, last.remote_port)
    for new in born:
        # A restart (RFC 9260 section 5.2) keeps the association and its id; a reconnect has a new one.
        same_ends = (new.netns, new.local_port, new.remote_port) == ends
        if same_ends and new.assoc_id is not None and new.assoc_id == last.assoc_id:
            return "restarted"
    came_up = gained.get("SctpActiveEstabs", 0) + gained.get("SctpPassiveEstabs", 0)
    if last.state and last.state.startswith("COOKIE") and not came_up:
        return "never came up"
    shutdowns, aborts = gained.get("SctpShutdowns", 0), gained.get("SctpAborteds", 0)
    if last.state and last.state.startswith("SHUTDOWN") and not aborts:
        return "shut down"
    if shutdowns >= gone and not aborts:
        return "shut down"
    if aborts >= gone and not shutdowns:
        return "aborted"
    return "ended"
