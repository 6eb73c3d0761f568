"""What following registrations costs a sample, beside the same sample without their messages.

python -m tests.bench.registrations [N ...]        # default 10 100 1000 registrations a second
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from statistics import median

from sctptop.model.event import Event
from sctptop.model.model import Model
from tests.unit.associations import association, sample
from tests.unit.registering import COMPLETE, PLAIN, SECOND, exchange

COUNTS = (10, 100, 1000)
SECONDS = 12


def events_of(rate: int, second: int) -> tuple[Event, ...]:
    """All messages of the registrations that begin in that second; one in nine is held for 200 ms."""
    found: list[Event] = []
    for place in range(rate):
        steps = (*PLAIN[:-1], replace(COMPLETE, held=203 if place % 9 == 0 else 0.02))
        at_ns = second * SECOND + place * SECOND // rate
        found += exchange(steps, ue=second * rate + place, at_ns=at_ns)[0]
    return tuple(found)


def sample_ms(seconds: Iterable[tuple[Event, ...]]) -> float:
    """Median CPU time that the model takes for one sample, ms."""
    model, times = Model(), []
    entry = association(1, local_port=59058, remote_port=38412, peer_tag=1001)
    for second, events in enumerate(seconds):
        one = sample(entry, at_s=second, events=events)
        begin = time.thread_time()
        model.advance(one)
        times.append((time.thread_time() - begin) * 1000)
    return median(times[2:])


def main() -> int:
    """Print the table."""
    print(f"median of {SECONDS - 2} samples, ms of CPU; a registration has {len(PLAIN)} messages")
    print(f"{'registrations/s':>16}{'followed':>12}{'other kind':>12}{'each, µs':>12}")
    for rate in map(int, sys.argv[1:] or COUNTS):
        told = [events_of(rate, second) for second in range(SECONDS)]
        # The same events under another name: what the model costs that looks at none of them.
        others = [tuple(replace(event, kind="window") for event in events) for events in told]
        ours, without = sample_ms(told), sample_ms(others)
        print(f"{rate:>16}{ours:>12.2f}{without:>12.2f}{(ours - without) * 1000 / rate:>12.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
