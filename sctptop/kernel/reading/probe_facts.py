"""What probes saw of one association and of its paths, as attributes of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.bins import Bins, PathName
from sctptop.kernel.probes.observed import Observed
from sctptop.kernel.program.records import AssociationName, AssociationWindows, Extent, PathWindows
from sctptop.model.association import PATH_STATES

Facts = Mapping[str, object]
NO_FACTS: Facts = {}
NO_WAITS: Mapping[str, Bins] = {}
SPP_HB_DISABLE, SPP_SACKDELAY_DISABLE = 1 << 1, 1 << 6
"""enum sctp_spp_flags, include/uapi/linux/sctp.h: heartbeats, or the delay of SACKs, are off."""
_SWITCHES = SPP_HB_DISABLE | SPP_SACKDELAY_DISABLE
_OFF: Mapping[int, Facts] = {
    0: NO_FACTS,
    SPP_HB_DISABLE: {"hb_interval_ms": 0.0},
    SPP_SACKDELAY_DISABLE: {"sack_delay_ms": 0},
    _SWITCHES: {"hb_interval_ms": 0.0, "sack_delay_ms": 0},
}

# What is made of windows, by attribute, as Python says it of the names of their members (``members``).
OF_ASSOCIATION: Mapping[str, str] = {
    "held_bins": "waits.get('held', ())",
    "read_wait_bins": "waits.get('read_wait', ())",
    "assoc_id": "who.assoc_id or None",
    **{name: name for name in ("rwnd", "rwnd_min", "rwnd_max", "peer_rwnd_min", "peer_rwnd_max")},
    "peer_dups": "peer_dups",
    "more_messages": "more",
    "sack_frequency": "sackfreq",
    "abandoned_unsent": "abandoned_unsent",
    # A lifetime without a policy (RFC 6458 section 5.3.2) is counted by no policy.
    "abandoned_sent": "abandoned_sent if abandoned_sent > skipped else skipped",
}
"""``waits`` are by WAIT_NAMES."""
OF_PATH: Mapping[str, str] = {
    "state": "PATH_STATES[state] if state < len(PATH_STATES) else None",
    "rto_ms": "None if (rto_ms := clock.milliseconds(rto)) is None else round(rto_ms)",
    "srtt_ms": "clock.milliseconds(srtt)",
    "errors": "errors",
    "data_rtt_bins": "bins",
    **{
        f"{name}{end}": f"{name}{end}"
        for name in ("cwnd", "ssthresh", "flight")
        for end in ("", "_min", "_max")
    },
    "partial_bytes_acked": "partial_bytes_acked",
    "pathmtu": "pathmtu or None",
    "heartbeats": f"not param_flags & {SPP_HB_DISABLE}",
    # Where heartbeats are off the timer may run once more, and lies far in the past then.
    "hb_due_ns": f"clock.ns(hb_expires) if hb_expires and not param_flags & {SPP_HB_DISABLE} else None",
    "encap_port": "encap_port or None",
}
"""``bins`` are the RTTs of data of the interval, ``clock`` a JiffyClock."""


def members(windows: type[Any]) -> list[str]:
    """Names for all that is in such windows, in its order: what they are unpacked to. An extent has three."""
    return [
        f"({name}, {name}_min, {name}_max)" if kind is Extent else name
        for name, kind in get_type_hints(windows).items()
    ]


def _making_facts(windows: type[Any], more: str, values: Mapping[str, str]) -> Callable[..., Facts]:
    """What makes facts of windows and of ``more``."""
    made = ", ".join(f"{name!r}: {value}" for name, value in values.items())
    scope: dict[str, Any] = {"PATH_STATES": PATH_STATES}
    lines = (
        f"def facts(windows, {more}):",
        f"{', '.join(members(windows))}, = windows",
        f"return {{{made}}}",
    )
    exec("\n ".join(lines), scope)
    facts: Callable[..., Facts] = scope["facts"]
    return facts


_of_association = _making_facts(AssociationWindows, "waits", OF_ASSOCIATION)
_of_path = _making_facts(PathWindows, "bins, clock", OF_PATH)


@dataclass(slots=True)
class Seen:
    """What probes saw of one association and of its paths, these in the order of their addresses.

    ``hz`` and ``instant`` are the clock's. ``switched_off``: 0 for what is off on the primary path; it still has its
    number in sock_diag and /proc. ``lasts``: nothing of it is of this interval alone.
    """

    hz: int | None
    instant: tuple[int, int] | None
    association: AssociationWindows | None
    waits: Mapping[str, Bins]
    switched_off: Facts
    paths: tuple[PathWindows | None, ...]
    bins: tuple[Bins, ...]
    lasts: bool


NOTHING_SEEN = Seen(None, None, None, NO_WAITS, NO_FACTS, (), (), True)


def seen_of(
    name: AssociationName,
    paths: tuple[PathName, ...],
    primary: str | None,
    observed: Observed,
    clock: JiffyClock,
) -> Seen:
    """All that probes saw of one association.

    A path may differ from its association in what is off: SCTP_PEER_ADDR_PARAMS takes one address, and the kernel goes
    by the path.
    """
    association = observed.associations.get(name)
    switches = observed.paths.get((name, primary or "")) or association
    waits = observed.waits.get(name, NO_WAITS)
    bins = tuple([observed.data_rtts.get(path, ()) for path in paths])
    return Seen(
        clock.hz,
        clock.instant,
        association,
        waits,
        _OFF[switches.param_flags & _SWITCHES] if switches is not None else NO_FACTS,
        tuple(map(observed.paths.get, paths)),
        bins,
        not waits and not any(bins),
    )


def association_facts(seen: Seen) -> Facts:
    """Our receive window, the extremes of both, and how long messages waited."""
    if seen.association is None:
        return {f"{wait}_bins": bins for wait, bins in seen.waits.items()}
    return _of_association(seen.association, seen.waits)


def path_facts(windows: PathWindows | None, bins: Bins, clock: JiffyClock) -> Facts:
    """The windows of a path, its path MTU, heartbeat timer, and the data RTTs of the interval."""
    if windows is None:
        return {"data_rtt_bins": bins} if bins else NO_FACTS
    return _of_path(windows, bins, clock)
