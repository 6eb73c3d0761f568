"""What advice costs a reading, beside the rest of what the model derives from it.

python -m tests.bench.advice [N ...]        # default 12 1000 10000 associations
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import median

from sctptop.model.advice.adviser import Adviser
from sctptop.model.association import Association, Path
from sctptop.model.event import Event
from sctptop.model.model import Model
from tests.unit.associations import sample
from tests.unit.model.advice.advised import MS, NEAR, PROBED, QUICK, calm, ngap

COUNTS = (12, 1000, 10_000)
TURNS = 12

Make = Callable[[int, int], Association]


def healthy(tick: int, tag: int) -> Association:
    """At ease: 25 messages a second."""
    return calm(tick, tag)


def troubled(tick: int, tag: int) -> Association:
    """Every association with something wrong in every reading."""
    dead = (Path(NEAR, "INACTIVE", True, 4380, 106496, 0, 0.0, 1000, 6, max_retrans=5),)
    state = {"rtx_chunks": 3 * tick, "gap_acks": tick, "recv_queue": 9000 * tick, "paths": dead}
    return calm(tick, tag, held_bins=(*QUICK, (199 * MS, 2)), read_wait_bins=((70 * MS, 9),), **state)


def messages(tick: int, count: int) -> Iterable[Event]:
    """Two NGAP messages of every association."""
    for tag in range(1, count + 1):
        for way in ("in", "out"):
            one = ngap(1000.0 * tick, tick % 9, way)
            yield replace(one, own_tag=tag, peer_tag=tag + 1000, remote_port=50000 + tag)


def costs(count: int, make: Make, with_ngap: bool) -> tuple[float, float, int]:
    """Median ms of advice and of all else that the model does, and how much advice there was."""
    model, adviser = Model(), Adviser()
    advice, other, said = [], [], 0
    for tick in range(TURNS):
        entries = [make(tick, tag) for tag in range(1, count + 1)]
        events = tuple(messages(tick, count)) if with_ngap else ()
        told = sample(
            *entries, at_s=tick, sources=PROBED, events=events, counters={"SctpDelaySackExpireds": 9}
        )
        begin = time.thread_time()
        picture = model.advance(told)
        middle = time.thread_time()
        said = len(adviser.advance(picture))
        end = time.thread_time()
        advice.append((end - middle) * 1000)
        # The model advised too.
        other.append((middle - begin) * 1000 - advice[-1])
    return median(advice[2:]), median(other[2:]), said


def main() -> int:
    """Print the table."""
    print(f"median of {TURNS - 2} readings, ms of processor time")
    print(f"{'associations':>12}  {'state':<14}{'advice':>9}{'the rest':>10}{'said':>8}")
    for count in [int(word) for word in sys.argv[1:]] or COUNTS:
        kinds: tuple[tuple[str, Make, bool], ...] = (
            ("healthy", healthy, False),
            ("healthy, NGAP", healthy, True),
            ("all in trouble", troubled, True),
        )
        for name, make, with_ngap in kinds:
            mine, rest, said = costs(count, make, with_ngap)
            print(f"{count:>12}  {name:<14}{mine:>9.1f}{rest:>10.1f}{said:>8}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
