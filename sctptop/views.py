"""The views of the dashboard, each declared once: the command line, keys, tabs and help are made from this.

How one is drawn stands in ``draw`` of tui/views/ID.py, which only the dashboard loads.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``id`` is its name on the command line, ``short`` its title where tabs are narrow, if that is another one.
    ``shared``: it shows all associations until the user wants only one. ``timed``: the cursor along time moves it; else
    it shows what is now alone.
    """

    id: str
    title: str
    summary: str
    shared: bool = False
    timed: bool = True
    short: str = ""

    @property
    def tab(self) -> str:
        """Its title where there is little room."""
        return self.short or self.title


VIEWS = (
    View("rtt", "RTT", "heartbeat RTT of each path: histogram, percentiles, over time; srtt, RTO"),
    View("cwnd", "Cwnd", "congestion and receive windows over time, and why cwnd was cut"),
    View("queue", "Queue", "send and receive queues over time; how long messages wait in them"),
    View(
        "counters",
        "Counters",
        "every SNMP counter: since reset, per second, absolute",
        timed=False,
        short="Count",
    ),
    View("paths", "Paths", "every transport address and its state"),
    View("events", "Events", "what the probes saw happen, newest last", shared=True, short="Event"),
    View(
        "registration",
        "Registration",
        "UEs that register, by kind: how many, why some fail, where the time goes, and which UEs to look at",
        shared=True,
        short="Reg",
    ),
    View(
        "alarms",
        "Alarms",
        "what was wrong and when: raised, cleared, how often, the worst of it",
        shared=True,
        timed=False,
        short="Alarm",
    ),
    View(
        "timeline",
        "Timeline",
        "from when to when each association lived, dead paths, alarms",
        shared=True,
        short="Time",
    ),
)
"""In the order of their digits."""

FIRST = VIEWS[0]


def view(name: str) -> View:
    """The view of that name; the first for one that does not exist."""
    return next((entry for entry in VIEWS if entry.id == name), FIRST)
