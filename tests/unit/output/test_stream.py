"""A stream of samples ends when it is told to, whenever that is."""

from __future__ import annotations

import subprocess
import sys

AT_EVERY_INSTRUCTION = """
import signal, sys
from sctptop.output.stream import Stop

instruction = 0
while True:
    instruction += 1
    stop, seen = Stop(), 0
    signal.signal(signal.SIGINT, stop)

    def trace(frame, event, argument):
        global seen
        frame.f_trace_opcodes = True
        seen += 1
        if seen == instruction:
            signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    stop.wait(0.01)
    sys.settrace(None)
    if seen < instruction:
        break
    assert stop.signum == signal.SIGINT
print(instruction)
"""

BEFORE = """
import signal
from sctptop.output.stream import Stop

stop = Stop()
signal.signal(signal.SIGTERM, stop)
signal.raise_signal(signal.SIGTERM)
stop.wait(60)
print(stop.code)
"""

NO_TIME = """
from sctptop.output.stream import Stop

for _ in range(20_000):
    Stop().wait(1e-9)
"""


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_signal_at_any_instruction_of_the_wait_is_handled() -> None:
    assert int(run(AT_EVERY_INSTRUCTION)) > 10, "no instruction was interrupted"


def test_a_signal_before_the_wait_ends_it_at_once() -> None:
    assert run(BEFORE) == "143\n"


def test_a_first_wait_that_is_over_at_once_ends() -> None:
    assert run(NO_TIME) == ""
