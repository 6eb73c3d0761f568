"""Every change of a window as an event: probes of their own, as these hide those of others."""

from __future__ import annotations

import itertools
from collections import Counter

from sctptop.model.event import Event
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.transfers import TRANSFERS, lossy_transfer
from tests.lab.witness.watching import Watch

Change = tuple[object, ...]
"""Of a cwnd event: cause, before, after, ssthresh after."""


def test_every_change_begins_where_the_one_before_it_ended() -> None:
    """So none was missed, and none told twice: each cut is there once."""
    with two_hosts(prefix="every-") as (gnb, amf), Watch(gnb, every_change=True) as every:
        for _ in range(TRANSFERS):
            with traffic(amf, "sink", "--local", amf.ipv4[0], "--port", "5010"):
                counted = lossy_transfer(every)
            chain = [shape(event) for event in every.of(gnb, "cwnd") if event.remote_port == 5010]
            breaks = [pair for pair in itertools.pairwise(chain) if pair[0][2] != pair[1][1]]
            print(breaks, len(chain), every.lost)
            if not breaks and not every.lost:
                break
        direct = all(one.how != "kretprobe" for one in every.probes.points() if one.point.concern == "cwnd.c")
    # The kernel runs no kprobe while another one runs on that processor.
    assert len(breaks) <= (0 if direct else len(chain) // 20)
    assert every.lost == 0 and all(change[1] != change[2] for change in chain)
    causes = Counter(change[0] for change in chain)
    print(causes, counted)
    assert causes["RAISE"] > 20
    # In fast recovery a further fast retransmission leaves cwnd as it is (RFC 9260 section 7.2.4).
    assert 0 < causes["FAST_RTX"] <= counted["SctpFastRetransmits"]
    assert causes["T3_RTX"] <= counted["SctpT3Retransmits"]
    # There may be no time for all of them.
    assert len(every.of(gnb, "window")) + every.left_out["window"] > causes["RAISE"]


def shape(event: Event) -> Change:
    return tuple(event.details[name] for name in ("cause", "before", "after", "ssthresh_after"))
