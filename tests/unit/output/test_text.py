"""What the text says of sources that could not be read, and of readings that come late."""

from __future__ import annotations

import pytest

from sctptop.model.model import Model
from sctptop.options import Options
from sctptop.output.text import TextWriter, source_troubles
from tests.unit.associations import sample


@pytest.mark.parametrize(
    ("sources", "lines"),
    [
        ({"bpf": "ok"}, []),
        ({"bpf": "off: --no-bpf", "netns": "off: --netns self"}, []),
        ({"bpf": "off: needs root (try: sudo sctptop)"}, ["probes: off: needs root (try: sudo sctptop)"]),
        ({"bpf": "waiting: not loaded"}, ["probes: waiting: not loaded"]),
        (
            {"netns": "error: a: not permitted", "sock_diag": "error: x"},
            ["sock_diag: error: x", "netns: error: a: not permitted"],
        ),
        ({"procfs": "error: nothing can be watched", "bpf": "off: x"}, []),
    ],
)
def test_a_line_for_each_that_nobody_switched_off(sources: dict[str, str], lines: list[str]) -> None:
    assert source_troubles(sample(sources={"procfs": "ok", **sources})) == lines


def test_the_real_interval_is_told_where_it_is_longer_than_asked() -> None:
    def first_line(interval_s: float | None, options: Options) -> str:
        snapshot = Model().advance(sample(at_s=1, interval_s=interval_s))
        return TextWriter(options)(snapshot, []).splitlines()[0]

    assert first_line(2.5, Options()).endswith("read 3ms  interval 2.5s instead of 1.0s")
    for interval_s in (None, 1.0, 1.09):
        assert first_line(interval_s, Options()).endswith("read 3ms")
    assert first_line(2.5, Options(interval_s=0)).endswith("read 3ms")
