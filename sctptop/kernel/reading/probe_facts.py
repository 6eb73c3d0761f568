"""What probes saw of one association and of its paths, as attributes of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.observed import NOTHING, Observed
from sctptop.kernel.program.records import AssociationName, PathWindows
from sctptop.model.association import PATH_STATES

Facts = Mapping[str, object]
NO_FACTS: Facts = {}
NO_FACTS_OF_PATHS: Mapping[str, Facts] = {}
OF_ASSOCIATION = (
    *("held_bins", "read_wait_bins", "assoc_id", "sack_frequency", "peer_dups", "more_messages"),
    *("rwnd", "rwnd_min", "rwnd_max", "peer_rwnd_min", "peer_rwnd_max", "abandoned_unsent", "abandoned_sent"),
)
OF_PATH = (
    *("state", "errors", "rto_ms", "srtt_ms", "data_rtt_bins", "pathmtu", "partial_bytes_acked"),
    *("cwnd", "cwnd_min", "cwnd_max", "ssthresh", "ssthresh_min", "ssthresh_max"),
    *("flight", "flight_min", "flight_max", "heartbeats", "hb_due_ns", "encap_port"),
)
"""All facts there are of one of which the tables have windows."""
SPP_HB_DISABLE, SPP_SACKDELAY_DISABLE = 1 << 1, 1 << 6
"""enum sctp_spp_flags, include/uapi/linux/sctp.h: heartbeats, or the delay of SACKs, are off."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What probes saw of one association and, by address, of its paths; ``switched_off``: see there."""

    association: Facts
    switched_off: Facts
    paths: Mapping[str, Facts]


NOTHING_SEEN = Seen(NO_FACTS, NO_FACTS, {})


def seen_of(
    name: AssociationName,
    primary: str | None,
    addresses: Iterable[str],
    observed: Observed,
    clock: JiffyClock,
    known: Mapping[str, Facts] = NO_FACTS_OF_PATHS,
) -> Seen:
    """All that probes saw of one association; ``known``: of these paths it is known already."""
    return Seen(
        association_facts(name, observed),
        switched_off(name, primary, observed),
        {
            address: known[address] if address in known else path_facts(name, address, observed, clock)
            for address in addresses
        },
    )


def shown_of(
    name: AssociationName,
    paths: tuple[PathName, ...],
    primary: str | None,
    observed: Observed,
    clock: JiffyClock,
) -> tuple[object, ...]:
    """All that ``seen_of`` is made of, but for what is of this interval alone: the windows of ``paths`` last."""
    windows = map(observed.paths.get, paths)
    return (clock.hz, clock.instant, primary, observed.associations.get(name), *windows)


def lasts_of(name: AssociationName, paths: tuple[PathName, ...], observed: Observed) -> bool:
    """Whether nothing of it is of this interval alone."""
    return name not in observed.waits and observed.data_rtts.keys().isdisjoint(paths)


def still_of(
    paths: tuple[PathName, ...],
    shown: tuple[object, ...],
    before: tuple[object, ...],
    seen: Seen,
    observed: Observed,
) -> dict[str, Facts]:
    """By address what was ``seen`` of paths that were shown so ``before``, and have nothing of an interval alone."""
    if shown[:2] != before[:2]:
        return {}
    first = len(shown) - len(paths)
    return {
        path[1]: facts
        for path, now, then in zip(paths, shown[first:], before[first:], strict=True)
        if now is then
        and path not in observed.data_rtts
        and not (facts := seen.paths[path[1]]).get("data_rtt_bins")
    }


def association_facts(name: AssociationName, observed: Observed) -> Facts:
    """Our receive window, the extremes of both, and how long messages waited."""
    waits = observed.waits.get(name, {})
    windows = observed.associations.get(name)
    if windows is None:
        return {f"{wait}_bins": bins for wait, bins in waits.items()}
    return {
        "held_bins": waits.get("held", ()),
        "read_wait_bins": waits.get("read_wait", ()),
        "assoc_id": windows.who.assoc_id or None,
        "rwnd": windows.rwnd.now,
        "rwnd_min": windows.rwnd.min,
        "rwnd_max": windows.rwnd.max,
        "peer_rwnd_min": windows.peer_rwnd.min,
        "peer_rwnd_max": windows.peer_rwnd.max,
        "peer_dups": windows.peer_dups,
        "more_messages": windows.more,
        "sack_frequency": windows.sackfreq,
        "abandoned_unsent": windows.abandoned_unsent,
        # A lifetime without a policy (RFC 6458 section 5.3.2) is counted by no policy.
        "abandoned_sent": max(windows.abandoned_sent, windows.skipped),
    }


def switched_off(name: AssociationName | None, primary: str | None, observed: Observed) -> Facts:
    """0 for what is switched off on the primary path; it still has its number in sock_diag and /proc.

    A path may differ from its association: SCTP_PEER_ADDR_PARAMS takes one address, and the kernel goes by the path.
    """
    if name is None:
        return NO_FACTS
    windows = observed.paths.get((name, primary or "")) or observed.associations.get(name)
    param_flags = windows.param_flags if windows is not None else 0
    if not param_flags & (SPP_HB_DISABLE | SPP_SACKDELAY_DISABLE):
        return NO_FACTS
    return {
        **({"hb_interval_ms": 0.0} if param_flags & SPP_HB_DISABLE else {}),
        **({"sack_delay_ms": 0} if param_flags & SPP_SACKDELAY_DISABLE else {}),
    }


def path_facts(name: AssociationName, address: str, observed: Observed, clock: JiffyClock) -> Facts:
    """The windows of a path, its path MTU, heartbeat timer, and the data RTTs of the interval."""
    if observed is NOTHING:
        return NO_FACTS
    data = observed.data_rtts.get((name, address), ())
    windows = observed.paths.get((name, address))
    if windows is None:
        return {"data_rtt_bins": data} if data else NO_FACTS
    return {
        "state": PATH_STATES[windows.state] if windows.state < len(PATH_STATES) else None,
        "cwnd": windows.cwnd.now,
        "ssthresh": windows.ssthresh.now,
        "flight": windows.flight.now,
        "rto_ms": None if (rto := clock.milliseconds(windows.rto)) is None else round(rto),
        "srtt_ms": clock.milliseconds(windows.srtt),
        "errors": windows.errors,
        "data_rtt_bins": data,
        "cwnd_min": windows.cwnd.min,
        "cwnd_max": windows.cwnd.max,
        "ssthresh_min": windows.ssthresh.min,
        "ssthresh_max": windows.ssthresh.max,
        "flight_min": windows.flight.min,
        "flight_max": windows.flight.max,
        "partial_bytes_acked": windows.partial_bytes_acked,
        "pathmtu": windows.pathmtu or None,
        "heartbeats": not windows.param_flags & SPP_HB_DISABLE,
        "hb_due_ns": _due(windows, clock),
        "encap_port": windows.encap_port or None,
    }


def _due(windows: PathWindows, clock: JiffyClock) -> int | None:
    # Where heartbeats are off the timer may run once more, and lies far in the past then.
    on = windows.hb_expires and not windows.param_flags & SPP_HB_DISABLE
    return clock.ns(windows.hb_expires) if on else None
