"""Whether the probes saw every retransmission that the kernel counted.

A kprobe is skipped while another runs on the same processor (kprobe_running, kernel/kprobes.c; bpf_prog_active before
Linux 6.7 not even counted). So what the probes saw is checked against counters that miss nothing.
"""

from __future__ import annotations

from sctptop.model.sample import Sample

COUNTED = {"T3_RTX": "SctpT3Retransmits", "FAST_RTX": "SctpFastRetransmits"}


class Missed:
    """Counts, by namespace, what the counters gained beyond what events account for, since probes were first on."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._told: dict[int, int] = {}

    def advance(self, sample: Sample) -> int:
        """Update with a sample; returns how many events are missing so far."""
        if not sample.probes.ok or sample.events_lost or "retransmit" in sample.events_left_out:
            # What a full buffer lost is counted separately: its kind is unknown.
            self.reset()
            return 0
        for event in sample.events:
            if event.kind == "retransmit" and event.details.get("reason") in COUNTED:
                self._told[event.netns] = self._told.get(event.netns, 0) + 1
        # Counters are read a moment before the events: only those of the sample before must be covered by now.
        missing = sum(
            max(self._last[netns] - first - self._told.get(netns, 0), 0)
            for netns, first in self._first.items()
        )
        for netns, values in sample.counters.items():
            self._last[netns] = sum(values.get(name, 0) for name in COUNTED.values())
            if netns not in self._first:
                # Events of the first reading may be older than its counters.
                self._first[netns] = self._last[netns]
                self._told[netns] = 0
        return missing

    def reset(self) -> None:
        """Begin anew with the next sample."""
        self._first.clear()
        self._last.clear()
        self._told.clear()
