"""The probes as a whole: loaded in the background, listened to, read at each sample, and always taken away again."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sctptop.kernel.host.preflight import missing_sctp
from sctptop.kernel.host.privilege import missing_for_probes
from sctptop.kernel.probes import bins
from sctptop.kernel.probes.bins import Bins, PathName
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_record
from sctptop.kernel.probes.overload import Overload, kind_of
from sctptop.kernel.probes.window_tables import KnownAssociations, KnownPaths
from sctptop.kernel.program import find_bcc, maps
from sctptop.kernel.program.event_buffers import Rounds
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import NoProbes, PointState, Program
from sctptop.kernel.program.program_source import ALL_PROBES
from sctptop.kernel.program.records import (
    ASSOCIATIONS,
    DATA_RTTS,
    INTERVAL,
    LOST,
    PATHS,
    WAIT_COUNTS,
    AssociationName,
    AssociationWindows,
    CTable,
    PathWindows,
)
from sctptop.model.event import Event
from sctptop.model.source_state import COMPILING, OK, Kind, SourceState, Trouble

QUEUE = 65536
"""Events kept between two readings; those beyond it are counted as lost."""
POLL_MS = 100
MODULE_WAIT_S = 1.0
SETTLE_S = 120.0
"""How long to wait for the probes where output cannot be corrected later; compiling takes a second on real hardware."""
CLOSE_BOUND_S = 1.0
LACKING = SourceState(Kind.OFF, "this kernel lacks what they need (sctptop --probes)")

_LOADING = threading.Lock()
"""BCC reads an environment variable and clang writes to descriptor 2: both are the whole process's."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the probes saw since the reading before. Waits are by WAIT_NAMES, ``left_out`` by kind of event."""

    events: tuple[Event, ...] = ()
    lost: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    paths: Mapping[PathName, PathWindows] = field(default_factory=dict)
    associations: Mapping[AssociationName, AssociationWindows] = field(default_factory=dict)
    data_rtts: Mapping[PathName, Bins] = field(default_factory=dict)
    waits: Mapping[AssociationName, Mapping[str, Bins]] = field(default_factory=dict)


NOTHING = Observed()


class Probes:
    """``start``, then ``read`` after each reading of sock_diag, then ``close``. ``state`` may be read any time."""

    def __init__(
        self, choice: ProbeChoice = ALL_PROBES, load: Callable[[ProbeChoice], Program] | None = None
    ) -> None:
        """``load`` makes the program: raises NoProbes."""
        self._choice = choice
        self._load = load or _load
        self._program: Program | None = None
        self._state = COMPILING
        self._settled = threading.Event()
        self._stop = threading.Event()
        self._raw: deque[bytes] = deque()
        self._ngap: deque[NgapRecord] = deque()
        self._overload = Overload()
        # Each written by one thread only: the one that listens, and the one that reads.
        self._lost = 0
        self._lost_told = 0
        self._lost_below = 0
        self._interval = 1
        self._paths, self._associations = KnownPaths(), KnownAssociations()
        self._started = False
        self._use = threading.Lock()
        self._rounds = Rounds()
        self._thread = threading.Thread(target=self._run, name="probes", daemon=True)

    @property
    def state(self) -> SourceState:
        """As Sample.sources has it: compiling, waiting, OK or off."""
        return self._state

    @property
    def ngap(self) -> SourceState:
        """The same of the messages of NGAP: why there are no events of them, where the others are on."""
        program = self._program
        if not self._state.ok or program is None:
            return self._state
        if not self._choice.ngap:
            return SourceState(Kind.UNWANTED, "--no-ngap")
        return OK if program.has("ngap.c") else LACKING

    @property
    def compile_s(self) -> float:
        """What reading the types and compiling took; 0 before."""
        return self._program.compile_s if self._program is not None else 0.0

    @property
    def cramped(self) -> Trouble | None:
        """Why the buffers of events are smaller than is useful; None when they are not, or not open."""
        buffers = self._program.buffers if self._program is not None else None
        return buffers.trouble if buffers is not None else None

    def start(self) -> None:
        """Begin in the background; again is nothing."""
        if not self._started:
            self._started = True
            self._thread.start()

    def settle(self, seconds: float = SETTLE_S) -> None:
        """Wait until they are on, off, or waiting for the module; at most so long."""
        self._settled.wait(seconds)

    def points(self) -> tuple[PointState, ...]:
        """Every attach point with its state and what it cost so far; none before they are on."""
        with self._use:
            return self._program.costs() if self._program is not None else ()

    def close(self) -> None:
        """Detach everything. Safe to call twice, and before the start."""
        self._stop.set()
        # The thread closes what it opened; one that hangs in the compiler ends with the process, and all it had.
        if self._thread.is_alive():
            self._thread.join(CLOSE_BOUND_S)

    def read(self, clocks: Clocks) -> Observed:
        """What came since the last call; to be called when sock_diag has just been asked."""
        if not self._state.ok:
            return NOTHING
        self._rounds.catch_up(self._stop)
        with self._use:
            if self._program is None:
                return NOTHING
            try:
                return self._observed(self._program, clocks)
            except Exception as error:
                # Between us and the kernel is a library of another's: whatever it raises, netlink goes on.
                self._fail(Trouble(f"reading the probes failed: {type(error).__name__}: {error}"))
                return NOTHING

    def _observed(self, program: Program, clocks: Clocks) -> Observed:
        raw = [self._raw.popleft() for _ in range(len(self._raw))]
        messages = [self._ngap.popleft() for _ in range(len(self._ngap))]
        lost = self._lost - self._lost_told
        self._lost_told += lost
        lost += self._lost_in_kernel(program)
        now = self._interval
        made = self._overload.made(raw, messages, clocks)
        rtts = list(_entries(program, DATA_RTTS, delete=True))
        timed = bins.timed(rtts)
        paths = self._paths.read(_entries(program, PATHS), now, timed, clocks)
        associations, over = self._associations.read(_entries(program, ASSOCIATIONS), now)
        maps.remove(program.map_fd(PATHS.name), paths.over)
        maps.remove(program.map_fd(ASSOCIATIONS.name), over)
        self._interval += 1
        self._put_interval(program)
        return Observed(
            events=tuple(sorted([*made.events, *paths.events], key=lambda entry: entry.time)),
            lost=lost,
            left_out=made.left_out,
            paths=paths.paths,
            associations={entry.who.association: entry for entry in associations.values()},
            data_rtts=bins.data_rtts(rtts, paths.names),
            waits=self._waits(program, {key: entry.who.association for key, entry in associations.items()}),
        )

    def _waits(
        self, program: Program, names: Mapping[bytes, AssociationName]
    ) -> dict[AssociationName, dict[str, Bins]]:
        """How long messages waited in this interval, by association; what is off is not there."""
        if not program.has(WAIT_COUNTS.file):
            return {}
        return bins.waits(_entries(program, WAIT_COUNTS, delete=True), names)

    def _lost_in_kernel(self, program: Program) -> int:
        """Events that found no room or came too fast (NGAP_RATE of bpf/ngap.c) since the last call."""
        total = sum(maps.get(program.map_fd(table.name), 0) for table in LOST if program.has(table.file))
        gained, self._lost_below = total - self._lost_below, total
        return gained

    def _run(self) -> None:
        try:
            self._watch()
        except NoProbes as error:
            self._fail(error.trouble)
        except Exception as error:
            text = " ".join(str(error).split())
            self._fail(Trouble(f"the probes failed: {type(error).__name__}: {text}"))
        finally:
            with self._use:
                if self._program is not None:
                    self._program.close()
                    self._program = None
            self._settled.set()

    def _fail(self, why: Trouble) -> None:
        self._state = SourceState(Kind.OFF, *why)
        self._stop.set()

    def _watch(self) -> None:
        """Wait for the module, load, attach, and listen until stopped. Raises NoProbes."""
        missing = missing_for_probes()
        if missing is not None:
            raise NoProbes(*missing)
        while (unseen := missing_sctp()) is not None:
            self._state = SourceState(Kind.WAITING, *unseen)
            self._settled.set()
            if self._stop.wait(MODULE_WAIT_S):
                return
        self._state = COMPILING
        with _LOADING:
            if self._stop.is_set():
                return
            program = self._program = self._load(self._choice)
            states = program.attach()
            if not any(entry.on for entry in states):
                raise NoProbes(f"none could be attached: {states[0].refused}")
            self._put_interval(program)
            program.listen({"events": self._take, "ngap_events": self._take_ngap})
            # Nobody listened to those before.
            self._lost_in_kernel(program)
        self._rounds.ended(time.monotonic())
        self._state = OK
        self._settled.set()
        while not self._stop.is_set():
            begun_s = time.monotonic()
            program.poll(POLL_MS)
            self._rounds.ended(begun_s)

    def _put_interval(self, program: Program) -> None:
        maps.put(program.map_fd(INTERVAL.name), 0, self._interval)

    def _take(self, data: bytes) -> None:
        # Beginnings and ends are few, and what all else hangs on.
        if len(self._raw) < QUEUE or kind_of(data) == "association":
            self._raw.append(data)
        else:
            self._lost += 1

    def _take_ngap(self, data: bytes) -> None:
        record = ngap_record(data)
        if record is not None and len(self._ngap) < QUEUE:
            self._ngap.append(record)
        else:
            self._lost += 1


def _load(choice: ProbeChoice) -> Program:
    try:
        return Program(find_bcc.load(), choice)
    except find_bcc.NoBcc as error:
        raise NoProbes(*error.trouble) from error


def _entries(program: Program, table: CTable, *, delete: bool = False) -> Iterator[tuple[bytes, bytes]]:
    return maps.entries(program.map_fd(table.name), table.key_size, table.value_size, delete=delete)
