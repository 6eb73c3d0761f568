"""Registrations and procedures in the published form: ``registrations`` of a JSON line, once there was a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES, Distribution
from sctptop.model.registrations.finished import Ended
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.standard import standard_counts
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tally import ACCEPTED, PARTS, Tally


def registrations_to_json(registered: Registered) -> dict[str, Any]:
    """Counts and times since the reset by end and kind, the procedures, and each registration that ended of late.

    Times are in ms. Distributions are null while nothing was completed. ``ended`` holds those of which no more will be
    known: completed ones once their PDU session is set up, or none was asked for within a second. ``standard`` holds
    the counters of an AMF under the names of TS 28.552; ``accepted_ms`` is the time until the accept was through.
    """
    return {
        "running": registered.running,
        "most_running": registered.most_running,
        "unfollowed": registered.unfollowed,
        "unseen": registered.unseen.get(None, 0),
        "not_ngap": registered.strange.get(None, 0),
        "ends": [
            _tally(tally, registered.started.get((None, tally.end, tally.kind), 0))
            for tally in registered.of(None)
        ],
        "standard": standard_counts(registered.of(None)),
        "procedures": [_procedure(entry) for entry in registered.procedures_of(None)],
        "ended": [registration_to_json(one) for one in registered.told_now],
    }


def registration_to_json(one: Ended) -> dict[str, Any]:
    """One registration. ``whose`` the costliest stage was is null where a message within it was not seen."""
    stage = one.costliest
    netns, own_tag, _, local_port, remote_port = one.wire
    return {
        "netns": netns,
        "own_tag": own_tag,
        "local_port": local_port,
        "remote_port": remote_port,
        "began": one.began.isoformat(timespec="microseconds"),
        "ended": ended_at(one),
        "end": one.end,
        "ran_ue_id": one.ran_ue_id,
        "amf_ue_id": one.amf_ue_id,
        "type": one.kind,
        "outcome": one.outcome,
        "inferred": one.inferred,
        "cause": one.cause,
        **{published: ms(getattr(one, f"{name}_ns")) for name, published in PARTS.items()},
        "pdu_session_ms": ms(one.pdu_session_ns),
        "attempt": one.attempt,
        "since_first_ms": ms(one.since_first_ns),
        "costliest": None
        if stage is None
        else {
            "message": stage.name,
            "whose": None if stage.unseen else stage.whose,
            "ms": ms(stage.length_ns),
        },
    }


def ended_at(one: Ended) -> str | None:
    """When it ended on the wall clock; None while it is running."""
    if one.total_ns is None:
        return None
    return (one.began + timedelta(microseconds=one.total_ns // 1000)).isoformat(timespec="microseconds")


def ms(value_ns: int | None) -> float | None:
    """Milliseconds."""
    return None if value_ns is None else value_ns / NANOSECONDS


def _tally(tally: Tally, started_now: int) -> dict[str, Any]:
    return {
        "end": tally.end,
        "kind": tally.kind,
        "started": tally.started,
        "started_now": started_now,
        **{outcome.replace(" ", "_"): count for outcome, count in tally.ended.items()},
        "inferred": tally.inferred,
        "causes": dict(tally.by_cause),
        **{published: tally.parts[name].summary() for name, published in PARTS.items()},
        "accepted_ms": tally.parts[ACCEPTED].summary(),
    }


def _procedure(entry: Procedure) -> dict[str, Any]:
    times = entry.latency
    return {
        "protocol": entry.kind.protocol,
        "name": entry.kind.name,
        "asked": entry.kind.asked,
        "n": times.n,
        "failures": entry.failures,
        "unanswered": entry.unanswered,
        "causes": dict(entry.causes),
        **{f"{name}_ms": _rounded(times, share) for name, share in PERCENTILES.items()},
        "max_ms": ms(times.max_ns),
    }


def _rounded(times: Distribution, share: float) -> float | None:
    value = times.percentile(share)
    return None if value is None else round(value, 6)
