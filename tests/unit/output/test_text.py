"""What the text says of sources that could not be read."""

from __future__ import annotations

import pytest

from sctptop.output.text import source_troubles
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
