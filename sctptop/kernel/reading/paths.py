"""The paths of one association: what sock_diag, /proc, probes and routing know of each remote address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.reading.diag.diag_records import DiagRecord
from sctptop.kernel.reading.probe_facts import NO_FACTS, Facts
from sctptop.kernel.reading.procfs import AssocLine, RemaddrLine
from sctptop.kernel.ways.questions import PathQuestion, Signs
from sctptop.kernel.ways.ways import Ways
from sctptop.model.association import PATH_STATES, Path
from sctptop.model.way import Way

WayOf = Callable[[str, bool | None, str | None, int | None], Way | None]
"""The way of a path by its address, whether it is the primary, its state and its path MTU."""


def paths_of(
    record: DiagRecord | None,
    line: AssocLine | None,
    transports: Sequence[RemaddrLine],
    clock: JiffyClock,
    seen: Mapping[str, Facts],
    way_of: WayOf,
) -> tuple[Path, ...]:
    """One path a remote address: remaddr knows all of them, sctp_info only the primary, in more detail."""
    addresses = (record or line).remote_addresses if record or line else ()  # type: ignore[union-attr]
    primary = (record and record.primary) or (line and line.primary) or None
    known = {remaddr.address: remaddr for remaddr in transports}
    return tuple(
        path_of(
            address,
            None if primary is None else address == primary,
            known.get(address),
            record,
            clock,
            seen.get(address, NO_FACTS),
            way_of,
        )
        for address in addresses
    )


def no_way(*_: object) -> None:
    """Where ways are not looked up."""
    return


def way_of(
    netns: int,
    record: DiagRecord | None,
    socket: DiagRecord | None,
    local_addresses: Sequence[str],
    ways: Ways,
    asked: list[PathQuestion],
) -> WayOf:
    """Looks up ways for the paths of one association, and adds to ``asked``; ``socket`` is the record of its socket."""
    bound = socket.interface if socket else 0
    used, scopes = (record.interface, record.scopes) if record else (0, {})

    def one(address: str, primary: bool | None, state: str | None, pathmtu: int | None) -> Way | None:
        signs = Signs(used if primary else 0, state, primary, pathmtu)
        question = ways.question(netns, local_addresses, address, signs, scopes.get(address) or bound)
        if question is None:
            return None
        asked.append(question)
        return ways.again(question)

    return one


def path_of(
    address: str,
    primary: bool | None,
    remaddr: RemaddrLine | None,
    record: DiagRecord | None,
    clock: JiffyClock,
    seen: Facts,
    way_of: WayOf,
) -> Path:
    """One of them; ``seen`` is what probes saw of it."""
    rto = clock.milliseconds(remaddr.rto) if remaddr else None
    state, max_retrans = (remaddr.state, remaddr.max_retrans) if remaddr else (None, None)
    info = record.info if record is not None and address == record.primary else {}
    told = {
        "state": name_of(PATH_STATES, info.get("p_state", state)),
        "cwnd": info.get("p_cwnd"),
        "ssthresh": info.get("p_ssthresh"),
        "flight": info.get("p_flight_size"),
        "srtt_ms": clock.milliseconds(info.get("p_srtt")),
        "rto_ms": info.get("p_rto", None if rto is None else round(rto)),
        "errors": info.get("p_error"),
    }
    known: dict[str, Any] = {**seen, **{name: value for name, value in told.items() if value is not None}}
    way = way_of(address, primary, known.get("state"), known.get("pathmtu"))
    index = record.scopes.get(address, 0) if record is not None else 0
    return Path(
        address=address,
        primary=primary,
        scope=((way.interface if way is not None else None) or str(index)) if index else None,
        max_retrans=info.get("p_pathmaxrxt", max_retrans),
        hb_timer=remaddr.hb_timer if remaddr else None,
        way=way,
        **known,
    )


def name_of(names: Sequence[str], number: int | None) -> str | None:
    """The name of a number from the kernel; None for one that has none."""
    return names[number] if number is not None and 0 <= number < len(names) else None
