"""What following registrations keeps: memory of the model while UEs come and go, some of which fail.

python -m tests.bench.remembering [UES] [ASSOCIATIONS]        # default 100000 UEs on 100 associations, both ends here
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from sctptop.model.event import Event
from sctptop.model.registrations.tracker import Registrations
from tests.unit.registering import AUTHENTICATION, INITIAL, PLAIN, RELEASE, SECOND, Step, exchange, kept

UES, ASSOCIATIONS = 100_000, 100
RATE = 1000
"""That begin in a second."""
LIVES = (PLAIN, (INITIAL, Step(False, 4, 0x44), RELEASE), (INITIAL, *AUTHENTICATION, RELEASE), (INITIAL,))
OVER_S = 30
"""Behind the last all have ended."""


def resident_mb() -> float:
    """Of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def events_of(second: int, associations: int) -> list[Event]:
    """All of a second at both ends; one UE in ten fails."""
    found: list[Event] = []
    for place in range(RATE):
        ue = second * RATE + place
        steps = LIVES[place // 10 % len(LIVES)] if place % 10 == 0 else PLAIN
        at_ns = (10 + second) * SECOND + place * SECOND // RATE
        for events in exchange(steps, ue=ue, at_ns=at_ns, tag=1 + ue % associations):
            for number, event in enumerate(events):
                tsn = (ue // associations * len(PLAIN) + number) % 2**32
                found.append(replace(event, details={**event.details, "tsn": tsn, "last_tsn": tsn}))
    return found


def main() -> int:
    """Print a line for every tenth of them, and what is kept in the end."""
    ues, associations = (
        int(text) for text in (*sys.argv[1:], *map(str, (UES, ASSOCIATIONS)[len(sys.argv) - 1 :]))
    )
    seconds = max(ues // RATE, 1)
    followed, ended, before_mb = Registrations(), 0, resident_mb()
    print(f"{'UEs':>10}{'ended':>10}{'running':>10}{'MB':>10}")
    for second in range(seconds + OVER_S):
        events = events_of(second, associations) if second < seconds else []
        ended += len(followed.advance([(None, event) for event in events], 1.0).ended_now)
        if second % max(seconds // 10, 1) == 0 or second == seconds + OVER_S - 1:
            come, running = min(second + 1, seconds) * RATE, followed.now.running
            print(f"{come:>10}{ended:>10}{running:>10}{resident_mb() - before_mb:>10.1f}", flush=True)
    for name, count in sorted(kept(followed).items()):
        print(f"{name:>30}{count:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
