"""What the probes saw between two readings."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from sctptop.kernel.probes.bins import Bins, PathName
from sctptop.kernel.program.records import AssociationName, AssociationWindows, PathWindows
from sctptop.model.event import Event


@dataclass(frozen=True, slots=True)
class Observed:
    """What the probes saw since the reading before. Waits are by WAIT_NAMES, ``left_out`` by kind of event.

    ``followed``: the share of messages whose waits were measured; ``no_room``: what found no room in our tables, by
    their names. ``moved``: associations of which any of it is another thing than in the reading before, or of this
    interval alone; None where that is not known. ``turn``: the number of the reading.
    """

    events: tuple[Event, ...] = ()
    lost: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    paths: Mapping[PathName, PathWindows] = field(default_factory=dict)
    associations: Mapping[AssociationName, AssociationWindows] = field(default_factory=dict)
    data_rtts: Mapping[PathName, Bins] = field(default_factory=dict)
    waits: Mapping[AssociationName, Mapping[str, Bins]] = field(default_factory=dict)
    followed: float | None = None
    no_room: Mapping[str, int] = field(default_factory=dict)
    moved: Set[AssociationName] | None = None
    turn: int = 0


NOTHING = Observed()
