"""Registrations and procedures in the published form: ``registrations`` of a JSON line, once there was a message."""

from __future__ import annotations

from typing import Any

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES, Distribution
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tally import PARTS, Tally


def registrations_to_json(registered: Registered) -> dict[str, Any]:
    """Counts and times since the reset by end, the procedures, and each registration that ended in this sample.

    Times are in ms. Distributions are null while nothing was completed. ``whose`` the
    costliest stage was is null where a message within it was not seen.
    """
    return {
        "running": registered.running,
        "most_running": registered.most_running,
        "unfollowed": registered.unfollowed,
        "unseen": registered.unseen.get(None, 0),
        "ends": [
            _tally(tally, registered.started.get((None, tally.end), 0)) for tally in registered.of(None)
        ],
        "procedures": [_procedure(entry) for entry in registered.procedures_of(None)],
        "ended": [_registration(one) for one in registered.ended_now],
    }


def _tally(tally: Tally, started_now: int) -> dict[str, Any]:
    return {
        "end": tally.end,
        "started": tally.started,
        "started_now": started_now,
        **{outcome.replace(" ", "_"): count for outcome, count in tally.ended.items()},
        **{published: tally.parts[name].summary() for name, published in PARTS.items()},
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
        **{f"{name}_ms": _rounded(times, share) for name, share in PERCENTILES.items()},
        "max_ms": _ms(times.max_ns),
    }


def _rounded(times: Distribution, share: float) -> float | None:
    value = times.percentile(share)
    return None if value is None else round(value, 6)


def _registration(one: Registration) -> dict[str, Any]:
    stage = one.costliest
    netns, own_tag, _, local_port, remote_port = one.messages[0].wire
    return {
        "netns": netns,
        "own_tag": own_tag,
        "local_port": local_port,
        "remote_port": remote_port,
        "began": one.began.isoformat(timespec="microseconds"),
        "end": one.end,
        "ran_ue_id": one.ran_ue_id,
        "amf_ue_id": one.amf_ue_id,
        "outcome": one.outcome,
        **{published: _ms(getattr(one, f"{name}_ns")) for name, published in PARTS.items()},
        "costliest": None
        if stage is None
        else {
            "message": stage.name,
            "whose": None if stage.unseen else stage.whose,
            "ms": _ms(stage.length_ns),
        },
    }


def _ms(value_ns: int | None) -> float | None:
    return None if value_ns is None else value_ns / NANOSECONDS
