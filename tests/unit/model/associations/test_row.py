"""What one association in one snapshot answers when it is asked."""

from __future__ import annotations

from dataclasses import replace

from sctptop.model.associations.counters import CounterRow
from sctptop.model.associations.rtt import PathRtt
from tests.unit.associations import row


def test_its_counters_have_the_shape_of_the_kernel_s() -> None:
    one = replace(
        row(1, out_packets=90, rtx_chunks=4), rates={"out_packets": 2.5}, since_reset={"rtx_chunks": 3}
    )
    assert one.counters(("rtx_chunks", "out_packets", "in_packets")) == (
        CounterRow("rtx_chunks", 4, 3, None),
        CounterRow("out_packets", 90, None, 2.5),
        CounterRow("in_packets", None, None, None),
    )


def test_round_trips_of_its_primary_path() -> None:
    near, far = PathRtt(last_ms=1.0), PathRtt(last_ms=9.0)
    one = replace(row(1), rtts={"10.9.1.1": far, "10.9.0.1": near})
    assert one.primary_rtt is near
    assert replace(one, association=replace(one.association, primary="10.9.1.1")).primary_rtt is far
    assert replace(one, association=replace(one.association, primary=None)).primary_rtt is None
    assert row(1).primary_rtt is None
