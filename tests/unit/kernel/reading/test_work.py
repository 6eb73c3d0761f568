"""What a reading costs, its model and its order with it: bytecodes of sctptop, which repeat exactly.

Of captured replies, without the kernel's part. A change that makes it dearer by more than a twentieth fails; one that
makes it cheaper is worth a new number here. Instructions on a real kernel: python -m tests.bench.reading --counted
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import sctptop
from sctptop.fields.arranger import Arranger
from sctptop.fields.filter import parse_filter
from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.source_state import OK
from tests.unit.associations import START
from tests.unit.kernel.reading.rereading import COUNT, Reading

OURS = str(Path(sctptop.__file__).parent)
GENERATED = "<string>"
COMMITTED = {
    "nothing changed": (0, 277.0),
    "a fifth changed": (5, 945.3),
    "all changed": (1, 2793.0),
}
"""One association in so many moves; bytecodes for each of all associations, as CPython 3.11 has them."""


def bytecodes(action: Callable[[], object]) -> int:
    """How many of sctptop are carried out."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "opcode":
            count += 1
        elif event == "call":
            name = frame.f_code.co_filename
            if not name.startswith(OURS) and name != GENERATED:
                return None
            frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="each version of CPython has bytecodes of its own"
)
@pytest.mark.parametrize("name", COMMITTED)
def test_a_reading_costs_no_more_than_it_did(reading: Reading, name: str) -> None:
    one_in, committed = COMMITTED[name]
    model, arranger, chosen = Model(), Arranger(), parse_filter("")
    turn = 0

    def once() -> None:
        nonlocal turn
        turn += 1
        found = tuple(reading.read().values())
        at = START + timedelta(seconds=turn)
        one = Sample(at, 1.0 if turn > 1 else None, 0.0, "h", "", {"sock_diag": OK}, associations=found)
        rows = arranger.arranged(model.advance(one).rows, BY_REMOTE, chosen)
        assert len(rows) == COUNT

    def move() -> None:
        for place, entry in enumerate(reading.host.entries.values()):
            if one_in and (place + turn) % one_in == 0:
                entry.grow()

    for _ in range(6):
        move()
        once()
    move()
    cost = bytecodes(once) / COUNT
    assert reading.walks == 0
    assert cost <= committed * 1.05, f"{cost:.1f} bytecodes an association, {committed} were enough"
