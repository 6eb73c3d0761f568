"""The probes as a whole: loaded in the background, listened to, read at each sample, and always taken away again."""

from __future__ import annotations

import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sctptop.kernel import bpf_maps, find_bcc
from sctptop.kernel.preflight import missing_sctp
from sctptop.kernel.privilege import missing_for_probes
from sctptop.kernel.probe_records import (
    ASSOCIATION_SIZE,
    BIN_SIZE,
    KEY_SIZE,
    PATH_SIZE,
    AssociationName,
    AssociationWindows,
    Clocks,
    PathWindows,
    association_windows,
    change_event,
    event,
    path_windows,
    rtt_bin,
)
from sctptop.kernel.program import NoProbes, PointState, Program
from sctptop.model.event import Event
from sctptop.model.histogram import bounds
from sctptop.model.rtt import DATA_BITS

QUEUE = 65536
"""Events kept between two readings; those beyond it are counted as lost."""
POLL_MS = 100
MODULE_WAIT_S = 1.0
CLOSE_BOUND_S = 0.5

_LOADING = threading.Lock()
"""BCC reads an environment variable and clang writes to descriptor 2: both are the whole process's."""

PathName = tuple[AssociationName, str]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the probes saw since the reading before. ``data_rtts`` are (ns at the middle of a bin, times)."""

    events: tuple[Event, ...] = ()
    lost: int = 0
    paths: Mapping[PathName, PathWindows] = field(default_factory=dict)
    associations: Mapping[AssociationName, AssociationWindows] = field(default_factory=dict)
    data_rtts: Mapping[PathName, tuple[tuple[int, int], ...]] = field(default_factory=dict)


NOTHING = Observed()


class Probes:
    """``start``, then ``read`` after each reading of sock_diag, then ``close``. ``state`` may be read any time."""

    def __init__(self, every_change: bool = False, load: Callable[[bool], Program] | None = None) -> None:
        """``load`` makes the program: raises NoProbes."""
        self._every_change = every_change
        self._load = load or _load
        self._program: Program | None = None
        self._state = "compiling"
        self._settled = threading.Event()
        self._stop = threading.Event()
        self._raw: deque[bytes] = deque()
        self._lost = 0
        self._interval = 1
        self._known: dict[bytes, dict[str, int]] = {}
        self._use = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="probes", daemon=True)

    @property
    def state(self) -> str:
        """As Sample.sources tells it: "compiling", "waiting: …", "ok" or "off: … (try: …)"."""
        return self._state

    @property
    def compile_s(self) -> float:
        """What reading the types and compiling took; 0 before."""
        return self._program.compile_s if self._program is not None else 0.0

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def settle(self, seconds: float) -> None:
        """Wait until they are on, off, or waiting for the module; at most so long."""
        self._settled.wait(seconds)

    def points(self) -> tuple[PointState, ...]:
        """Every attach point with its state and what it cost so far; none before they are on."""
        with self._use:
            return self._program.costs() if self._program is not None else ()

    def close(self) -> None:
        """Detach everything. Safe to call twice, and before the start."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_BOUND_S)
        with self._use:
            if self._program is not None:
                self._program.close()
                self._program = None

    def read(self, clocks: Clocks) -> Observed:
        """What came since the last call; to be called when sock_diag has just been asked."""
        with self._use:
            program = self._program
            if program is None or self._state != "ok":
                return NOTHING
            try:
                return self._observed(program, clocks)
            except Exception as error:
                # Between us and the kernel is a library of another's: whatever it raises, netlink goes on.
                self._state = f"off: reading the probes failed: {type(error).__name__}: {error}"
                return NOTHING

    def _observed(self, program: Program, clocks: Clocks) -> Observed:
        raw = [self._raw.popleft() for _ in range(len(self._raw))]
        lost, self._lost = self._lost, 0
        entries = bpf_maps.entries(program.map_fd("paths"), KEY_SIZE, PATH_SIZE)
        windows = {key: path_windows(value) for key, value in entries}
        kept = bpf_maps.entries(program.map_fd("associations"), KEY_SIZE, ASSOCIATION_SIZE)
        associations = [association_windows(value) for _, value in kept]
        bins = [
            (rtt_bin(key), int.from_bytes(value, "little"))
            for key, value in bpf_maps.entries(program.map_fd("data_rtts"), BIN_SIZE, 8, delete=True)
        ]
        now = self._interval
        self._interval += 1
        bpf_maps.put(program.map_fd("interval"), 0, self._interval)
        events = [found for data in raw if (found := event(data, clocks)) is not None]
        events += self._frequent(windows, clocks)
        return Observed(
            events=tuple(sorted(events, key=lambda entry: entry.time)),
            lost=lost,
            paths={_name(entry): entry for entry in windows.values() if entry.told == now},
            associations={entry.who.association: entry for entry in associations if entry.told == now},
            data_rtts=_by_path(bins, windows),
        )

    def _frequent(self, windows: Mapping[bytes, PathWindows], clocks: Clocks) -> list[Event]:
        """One event for each sort of frequent change of a path in this interval."""
        events = []
        for key, entry in windows.items():
            before = self._known.get(key, {})
            for name, change in entry.changes.items():
                times = change.times - before.get(name, 0)
                # Memory that became another path counts from 0 again.
                times = change.times if times < 0 else times
                if times:
                    events.append(change_event(entry, name, times, clocks))
        self._known = {
            key: {name: change.times for name, change in entry.changes.items()}
            for key, entry in windows.items()
        }
        return events

    def _run(self) -> None:
        try:
            program = self._started()
        except NoProbes as error:
            self._off(str(error))
            return
        except Exception as error:
            self._off(f"loading failed: {type(error).__name__}: {' '.join(str(error).split())}")
            return
        if program is None:
            return
        self._state = "ok"
        self._settled.set()
        try:
            while not self._stop.is_set():
                program.poll(POLL_MS)
        except Exception as error:
            self._state = f"off: listening failed: {type(error).__name__}: {error}"

    def _off(self, why: str) -> None:
        self._state = f"off: {why}"
        self._settled.set()

    def _started(self) -> Program | None:
        """The program attached and listening; None when told to stop before. Raises NoProbes."""
        missing = missing_for_probes()
        if missing is not None:
            raise NoProbes(missing)
        while (unseen := missing_sctp()) is not None:
            self._state = f"waiting: {unseen.removeprefix('off: ')}"
            self._settled.set()
            if self._stop.wait(MODULE_WAIT_S):
                return None
        self._state = "compiling"
        with _LOADING:
            return self._loaded()

    def _loaded(self) -> Program | None:
        program = self._load(self._every_change)
        with self._use:
            if self._stop.is_set():
                program.close()
                return None
            self._program = program
            states = program.attach()
            if not any(entry.state == "on" for entry in states):
                raise NoProbes(f"none could be attached: {states[0].state.removeprefix('off: ')}")
            bpf_maps.put(program.map_fd("interval"), 0, self._interval)
            program.listen(self._take, self._count_lost)
        return program

    def _take(self, data: bytes) -> None:
        if len(self._raw) < QUEUE:
            self._raw.append(data)
        else:
            self._lost += 1

    def _count_lost(self, number: int) -> None:
        self._lost += number


def _load(every_change: bool) -> Program:
    try:
        return Program(find_bcc.load(), every_change)
    except find_bcc.NoBcc as error:
        raise NoProbes(str(error)) from error


def _name(entry: PathWindows) -> PathName:
    return entry.who.association, entry.who.address or ""


def _by_path(
    bins: list[tuple[tuple[int, int], int]], windows: Mapping[bytes, PathWindows]
) -> dict[PathName, tuple[tuple[int, int], ...]]:
    found: dict[PathName, list[tuple[int, int]]] = {}
    for (transport, index), times in bins:
        entry = windows.get(struct.pack("<Q", transport))
        if entry is not None:
            low, high = bounds(index, DATA_BITS)
            found.setdefault(_name(entry), []).append(((low + high - 1) // 2, times))
    return {name: tuple(sorted(values)) for name, values in found.items()}
