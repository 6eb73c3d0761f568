"""Two views of one association made one: its sock_diag record and its lines in /proc/net/sctp.

Either may be missing (joining.py). What only one of them says is taken from it; what both say is taken from sock_diag,
whose record was filled under the socket's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import NOTHING, Observed
from sctptop.kernel.reading.diag.diag_records import DiagRecord
from sctptop.kernel.reading.joining import Joined, MadeOf, by_association, join
from sctptop.kernel.reading.paths import name_of, no_way, paths_of, way_of
from sctptop.kernel.reading.probe_facts import (
    NOTHING_SEEN,
    Facts,
    Seen,
    association_facts,
    path_facts,
    seen_of,
)
from sctptop.kernel.reading.procfs import SOCKET_TYPES, AssocLine, RemaddrLine
from sctptop.kernel.reading.renewing import FROM_INFO, FROM_MEMORY, FROM_PRIMARY, renew, told_facts
from sctptop.kernel.ways.questions import PathQuestion
from sctptop.kernel.ways.ways import Ways
from sctptop.model.association import ASSOCIATION_STATES, PATH_STATES, Association, Process
from sctptop.model.attributes import names_of

# The same of its socket, whose endpoint record alone holds it (sctp_get_sctp_info fills s_* only without an asoc).
_FROM_SOCKET: Mapping[str, str] = {
    "autoclose_s": "s_autoclose",
    "adaptation_indication": "s_adaptation_ind",
    "partial_delivery_point": "s_pd_point",
    "fragment_interleave": "s_frag_interleave",
}
_SOCKET_FLAGS: Mapping[str, str] = {
    "nodelay": "s_nodelay",
    "disable_fragments": "s_disable_fragments",
    "v4_mapped": "s_v4mapped",
}
_IN_NUMBERS = ("state", "socket_type")
"""Where a line has a number, and an association its name."""
_FROM_LINE = tuple(
    name for name in names_of(Association) if name in names_of(AssocLine) and name not in _IN_NUMBERS
)


def merge_associations(
    netns: int,
    records: Sequence[DiagRecord],
    lines: Sequence[AssocLine],
    remaddrs: Iterable[RemaddrLine],
    clock: JiffyClock,
    observed: Observed = NOTHING,
    owners: Mapping[int, Process] | None = None,
    netns_name: str | None = None,
    ways: Ways | None = None,
) -> tuple[Association, ...]:
    """Every association that either source named, once; ``records`` are of associations and of their sockets."""
    rows = join(records, lines, by_association(remaddrs))
    return merge(netns, rows, clock, observed, owners or {}, netns_name, ways)


def merge(
    netns: int,
    rows: Sequence[Joined],
    clock: JiffyClock,
    observed: Observed,
    owners: Mapping[int, Process],
    netns_name: str | None,
    ways: Ways | None,
) -> tuple[Association, ...]:
    """The associations of one namespace; of a row that says what it said before the same object as before.

    ``observed`` is what probes saw as sock_diag was asked. What sock_diag reports of the primary path goes before it:
    it was read under the socket's lock, as the probe's look was. ``owners`` are by the inode of the socket.
    ``ways`` know the way of each path; None: they stay unknown.
    """
    if not clock.sure:
        _learn(rows, clock)
    hz, instant, moved, turn = clock.hz, clock.instant, observed.moved, observed.turn
    owner = owners.get
    found = []
    for row in rows:
        before, record = row.made, row.record
        process = owner(row.inode if record is None else record.inode)  # type: ignore[arg-type]
        if observed is NOTHING:
            seen = None
        elif (
            moved is not None
            and before is not None
            and before.record is record
            and row.turn == turn - 1
            and (known := row.seen) is not None
            and known.lasts
            and known.hz == hz
            and known.instant is instant
            and row.names is not None
            and row.names[0] not in moved
        ):
            # Nothing that it is made of is another thing.
            seen = known
        else:
            seen = _seen(netns, row, observed, clock)
        row.turn = turn
        made = None
        if (
            before is not None
            and (before.process is process or before.process == process)
            and before.hz == hz
            and before.netns_name == netns_name
            and (ways is None or ways.same(before.ways))
        ):
            if before.seen is not seen:
                if seen is not None and renew(before, record, clock, row.follows, seen, row.transports):
                    made = before
            elif before.record is record or renew(before, record, clock, row.follows):
                made = before
        if made is None:
            made = _made(netns, row, clock, seen or NOTHING_SEEN, process, netns_name, ways)
        if made is not before:
            row.made = made
        # The record before it is not kept longer than it is of use.
        row.follows = None
        found.append(made.association)
    return tuple(found)


def _learn(rows: Iterable[Joined], clock: JiffyClock) -> None:
    for row in rows:
        record = row.record
        if record is not None and row.line is not None and row.line.assoc_id is not None:
            rto = {remaddr.address: remaddr.rto for remaddr in row.transports}
            clock.learn(rto.get(record.primary or ""), record.info.get("p_rto"))


def _seen(netns: int, row: Joined, observed: Observed, clock: JiffyClock) -> Seen | None:
    record = row.record
    if record is None:
        return None
    if row.names is None:
        # As long as the row is there it is of one association, with the same addresses.
        name = netns, record.info.get("tag", 0), record.local_port, record.remote_port
        row.names = name, tuple([(name, address) for address in record.remote_addresses])
    name, paths = row.names
    seen = seen_of(name, paths, record.primary, observed, clock)
    if seen != row.seen:
        row.seen = seen
    return row.seen


def _made(
    netns: int,
    row: Joined,
    clock: JiffyClock,
    seen: Seen,
    process: Process | None,
    netns_name: str | None,
    ways: Ways | None,
) -> MadeOf:
    record, socket, line = row.record, row.socket, row.line
    facts: dict[str, object] = {**association_facts(seen)}
    if line is not None:
        facts.update(_facts_of_line(line, clock))
    if record is not None:
        facts.update(_facts_of_record(record, socket, clock))
        facts.update(seen.switched_off)
    if line is not None and record is not None and set(line.local_addresses) == set(record.local_addresses):
        facts["local_addresses"] = line.local_addresses
    local_addresses: Any = facts.get("local_addresses", ())
    asked: list[PathQuestion] = []
    look_up = way_of(netns, record, socket, local_addresses, ways, asked) if ways else no_way
    paths = paths_of(record, line, row.transports, clock, _by_address(record, seen, clock), look_up)
    facts["pathmtu"] = next((path.pathmtu for path in paths if path.primary), None)
    facts["process"] = process
    made = Association(netns=netns, netns_name=netns_name, paths=paths, **facts)  # type: ignore[arg-type]
    told = None if seen is NOTHING_SEEN else seen
    return MadeOf(made, record, clock.hz, process, netns_name, told, tuple(asked))


def _by_address(record: DiagRecord | None, seen: Seen, clock: JiffyClock) -> dict[str, Facts]:
    if record is None or seen is NOTHING_SEEN:
        return {}
    each = zip(record.remote_addresses, seen.paths, seen.bins, strict=True)
    return {address: path_facts(windows, bins, clock) for address, windows, bins in each}


def _facts_of_line(line: AssocLine, clock: JiffyClock) -> dict[str, object]:
    return {
        **{name: getattr(line, name) for name in _FROM_LINE},
        "state": name_of(ASSOCIATION_STATES, line.state),
        "socket_type": SOCKET_TYPES.get(-1 if line.socket_type is None else line.socket_type),
        "hb_interval_ms": clock.milliseconds(line.hb_interval),
    }


def _facts_of_record(record: DiagRecord, socket: DiagRecord | None, clock: JiffyClock) -> dict[str, object]:
    info = record.info
    facts: dict[str, object] = {
        "local_port": record.local_port,
        "remote_port": record.remote_port,
        "local_addresses": tuple(
            sorted(record.local_addresses, key=lambda address: address != record.source)
        ),
        "remote_addresses": record.remote_addresses,
        **told_facts(record),
        **{name: info.get(member) for name, member in FROM_INFO.items()},
        **{name: record.memory.get(name) for name in FROM_MEMORY},
    }
    if socket is not None:
        facts.update({name: socket.info.get(member) for name, member in _FROM_SOCKET.items()})
        facts.update({name: _flag(socket.info, member) for name, member in _SOCKET_FLAGS.items()})
    if record.primary is not None:
        facts.update({name: info.get(member) for name, member in FROM_PRIMARY.items()})
        facts["primary"] = record.primary
        facts["primary_state"] = name_of(PATH_STATES, info.get("p_state"))
        facts["srtt_ms"] = clock.milliseconds(info.get("p_srtt"))
        facts["hb_interval_ms"] = clock.milliseconds(info.get("p_hbinterval"))
    return facts


def _flag(info: Mapping[str, int], member: str) -> bool | None:
    return bool(info[member]) if member in info else None
