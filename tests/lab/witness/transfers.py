"""Data under loss, and what the kernel counted of it."""

from __future__ import annotations

from tests.lab.scenes.hosts import clear, impair
from tests.lab.traffic.process import traffic
from tests.lab.witness.other_tools import nstat
from tests.lab.witness.watching import Watch

TRANSFERS = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: one of so many
transfers must be told without a gap."""


def lossy_transfer(watch: Watch) -> dict[str, int]:
    """Twenty seconds of data under 3 % loss; what the sender's counters gained."""
    gnb, amf = watch.hosts[0], "10.9.0.2"
    # Slow enough for an emulated processor: a probe is skipped while another runs on the same one.
    impair(gnb, 0, delay_ms=5, loss_percent=3, rate="1mbit")
    watch.begin()
    before = nstat(gnb, "-az")
    with traffic(gnb, "bulk", "--to", amf, "--port", "5010"):
        watch.read_for(20)
    watch.read_for(6)
    clear(gnb, 0)
    watch.read_for(2)
    return {name: value - before[name] for name, value in nstat(gnb, "-az").items()}
