"""The probes as a whole: loaded in the background, listened to, read at each sample, and always taken away again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sctptop.kernel.host.preflight import missing_sctp
from sctptop.kernel.host.privilege import missing_for_probes
from sctptop.kernel.probes import bins, room
from sctptop.kernel.probes.arrivals import Arrivals
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.following import Following
from sctptop.kernel.probes.observed import NOTHING, Observed
from sctptop.kernel.probes.overload import Overload
from sctptop.kernel.probes.room import Room
from sctptop.kernel.probes.tables import content, counted
from sctptop.kernel.probes.window_tables import KnownAssociations, KnownPaths
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.compiling import NoProbes
from sctptop.kernel.program.declarations import (
    ASSOCIATIONS,
    DATA_RTTS,
    INTERVAL,
    LOST,
    PATHS,
    WAIT_COUNTS,
)
from sctptop.kernel.program.event_buffers import Rounds
from sctptop.kernel.program.kept.store import store
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import PointState, Program
from sctptop.kernel.program.program_source import ALL_PROBES
from sctptop.model.source_state import COMPILING, OK, Kind, SourceState, Trouble

POLL_MS = 100
MODULE_WAIT_S = 1.0
SETTLE_S = 120.0
"""How long to wait for the probes where output cannot be corrected later; compiling takes a second on real hardware."""
CLOSE_BOUND_S = 1.0
LACKING = SourceState(Kind.OFF, "this kernel lacks what they need (sctptop --probes)")

_LOADING = threading.Lock()
"""BCC reads an environment variable and clang writes to descriptor 2: both are the whole process's."""


class Probes:
    """``start``, then ``read`` after each reading of sock_diag, then ``close``. ``state`` may be read any time."""

    def __init__(
        self,
        choice: ProbeChoice = ALL_PROBES,
        load: Callable[[ProbeChoice, int], Program] | None = None,
        asked_s: float | None = None,
    ) -> None:
        """``load`` makes the program with room for so many paths: raises NoProbes. ``asked_s``: see Overload."""
        self._choice = choice
        self._load = load or _load
        self._program: Program | None = None
        self._state = COMPILING
        self._settled = threading.Event()
        self._stop = threading.Event()
        self._arrivals = Arrivals()
        self._overload = Overload(sums=not choice.every_change, asked_s=asked_s)
        self._lost_below = 0
        self._interval = 1
        self._paths, self._associations = KnownPaths(), KnownAssociations()
        self._started = False
        self._use = threading.Lock()
        self._rounds = Rounds()
        self._room, self._larger = Room(), threading.Event()
        self._following = Following(every_message=choice.every_message)
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
    def from_kept(self) -> bool:
        """Whether an earlier start had compiled them."""
        return self._program is not None and self._program.from_kept

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

    def read(self, clocks: Clocks, netns: int | None = None) -> Observed:
        """What came since the last call; to be called when sock_diag has just been asked.

        ``netns``: the only namespace of which events are of use.
        """
        if not self._state.ok:
            return NOTHING
        self._arrivals.keep_to(netns)
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
        raw, messages, lost = self._arrivals.all()
        lost += self._lost_in_kernel(program)
        now = self._interval
        made = self._overload.made(raw, messages, clocks)
        paths, associations, of_paths = self._paths, self._associations, content(program, PATHS)
        associations.take(content(program, ASSOCIATIONS), now)
        maps.remove(program.map_fd(ASSOCIATIONS.name), associations.over)
        if (instant := associations.instant) is not None:
            clocks.jiffies.meet(instant[1], instant[0])
        # From here on what is counted is for the next reading: what was counted for this one can be taken.
        self._interval += 1
        self._put_interval(program)
        rises = paths.read(of_paths, now, clocks)
        maps.remove(program.map_fd(PATHS.name), paths.over)
        data_rtts = bins.data_rtts(counted(program, DATA_RTTS, now), paths.names)
        waits = bins.waits(counted(program, WAIT_COUNTS, now), associations.names)
        self._following.listen_for_ngap(associations.told.values(), clocks.monotonic_ns, came=bool(messages))
        if (lacked := self._room.lacked(program)) and room.make(program, lacked, clocks.monotonic_ns):
            self._larger.set()
        return Observed(
            events=tuple(sorted([*made.events, *rises], key=lambda entry: entry.time)),
            lost=lost,
            left_out=made.left_out,
            paths=paths.told,
            associations=associations.told,
            data_rtts=data_rtts,
            waits=waits,
            followed=self._share(program),
            no_room=lacked,
            turn=now,
            moved=associations.moved | waits.keys() | {name for name, _ in {*paths.moved, *data_rtts}},
        )

    def _share(self, program: Program) -> float | None:
        asked = self._choice.each_packet and program.has(WAIT_COUNTS.file)
        return self._following.share(program) if asked else None

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
        paths = room.needed()
        program = self._loaded(paths)
        if program is None:
            return
        self._begin(program)
        self._settled.set()
        while not self._stop.is_set():
            begun_s = time.monotonic()
            program.poll(POLL_MS)
            self._rounds.ended(begun_s)
            self._following.step(program)
            if self._larger.is_set() and paths < room.LARGEST:
                self._larger.clear()
                paths *= 2
                program = self._replaced(program, paths)

    def _loaded(self, paths: int) -> Program | None:
        """With room for so many paths; None where it is to stop. Raises NoProbes."""
        with _LOADING:
            return None if self._stop.is_set() else self._load(self._choice, paths)

    def _replaced(self, before: Program, paths: int) -> Program:
        """The same program with more room. Between the two is a moment without either."""
        program = self._loaded(paths)
        if program is None:
            return before
        with self._use:
            before.close()
            self._begin(program)
        return program

    def _begin(self, program: Program) -> None:
        """Attach it and listen. Raises NoProbes."""
        with _LOADING:
            self._program = program
            self._paths, self._associations = KnownPaths(), KnownAssociations()
            self._room.begin()
            self._following = Following(every_message=self._choice.every_message)
            states = program.attach()
            if not any(entry.on for entry in states):
                raise NoProbes(f"none could be attached: {states[0].refused}")
            self._following.begin(program)
            self._put_interval(program)
            program.listen({"events": self._arrivals.take, "ngap_events": self._arrivals.take_ngap})
            # Nobody listened to those before.
            self._lost_below = 0
            self._lost_in_kernel(program)
        self._rounds.ended(time.monotonic())
        self._state = OK

    def _put_interval(self, program: Program) -> None:
        maps.put(program.map_fd(INTERVAL.name), 0, self._interval)


def _load(choice: ProbeChoice, paths: int) -> Program:
    try:
        return Program(find_bcc.load(), choice, room=paths, store=store())
    except find_bcc.NoBcc as error:
        raise NoProbes(*error.trouble) from error
