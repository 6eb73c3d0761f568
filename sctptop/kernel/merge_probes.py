"""What probes saw, put to the associations that sock_diag and /proc told at the same moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from sctptop.kernel.clock import JiffyClock
from sctptop.kernel.probe_records import AssociationName, PathWindows
from sctptop.kernel.probes import NOTHING, Observed
from sctptop.model.sample import PATH_STATES, Association, Path

Number = TypeVar("Number", int, float)


def with_probes(
    associations: Iterable[Association], observed: Observed, clock: JiffyClock
) -> tuple[Association, ...]:
    """The associations with the windows of all their paths, path MTU, heartbeat timers and data RTTs.

    What sock_diag told of the primary path stays: it was read under the socket's lock, as the probe's look was.
    """
    if observed is NOTHING:
        return tuple(associations)
    return tuple(_association(entry, observed, clock) for entry in associations)


def _association(entry: Association, observed: Observed, clock: JiffyClock) -> Association:
    name = (entry.netns, entry.own_tag or 0, entry.local_port, entry.remote_port)
    windows = observed.associations.get(name)
    paths = tuple(_path(path, name, observed, clock) for path in entry.paths)
    primary = next((path for path in paths if path.primary), None)
    if windows is None:
        return replace(entry, paths=paths)
    return replace(
        entry,
        paths=paths,
        assoc_id=entry.assoc_id if entry.assoc_id is not None else windows.who.assoc_id or None,
        pathmtu=primary.pathmtu if primary else None,
        rwnd=windows.rwnd.now,
        rwnd_min=windows.rwnd.min,
        rwnd_max=windows.rwnd.max,
        peer_rwnd_min=windows.peer_rwnd.min,
        peer_rwnd_max=windows.peer_rwnd.max,
    )


def _path(path: Path, name: AssociationName, observed: Observed, clock: JiffyClock) -> Path:
    data = observed.data_rtts.get((name, path.address), ())
    windows = observed.paths.get((name, path.address))
    if windows is None:
        return replace(path, data_rtt_bins=data) if data else path
    return replace(
        path,
        state=path.state or (PATH_STATES[windows.state] if windows.state < len(PATH_STATES) else None),
        cwnd=_first(path.cwnd, windows.cwnd.now),
        ssthresh=_first(path.ssthresh, windows.ssthresh.now),
        flight=_first(path.flight, windows.flight.now),
        srtt_ms=_first(path.srtt_ms, clock.milliseconds(windows.srtt)),
        errors=_first(path.errors, windows.errors),
        data_rtt_bins=data,
        cwnd_min=windows.cwnd.min,
        cwnd_max=windows.cwnd.max,
        ssthresh_min=windows.ssthresh.min,
        ssthresh_max=windows.ssthresh.max,
        flight_min=windows.flight.min,
        flight_max=windows.flight.max,
        partial_bytes_acked=windows.partial_bytes_acked,
        pathmtu=windows.pathmtu or None,
        hb_due_ms=_due(windows, clock),
    )


def _due(windows: PathWindows, clock: JiffyClock) -> float | None:
    # A timer that is due and has not run yet may lie a jiffy in the past.
    return clock.milliseconds(max(windows.hb_due, 0)) if windows.hb_running else None


def _first(told: Number | None, seen: Number | None) -> Number | None:
    return seen if told is None else told
