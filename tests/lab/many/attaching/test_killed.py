"""SIGKILL at any moment between start and first sample leaves nothing in the kernel."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass

import pytest

from tests.lab.many.attaching.kernel_objects import held_by, left_of, objects
from tests.lab.scenes.hosts import Host
from tests.lab.witness.patience import load_s
from tests.lab.witness.running import SCTPTOP

EARLY, WHILE_LOADING = 2, 3
SEED = int(os.environ.get("SCTPTOP_SEED") or random.randrange(1 << 32))


@dataclass(frozen=True)
class Course:
    """Of a start that is let alone: when it had the first descriptor of BPF, and how many in the end."""

    first_s: float
    descriptors: int


@pytest.fixture(scope="module")
def course(hosts: tuple[Host, Host]) -> Course:
    before = objects()
    begun = time.monotonic()
    process = started(hosts[0])
    wait_for(process, 1)
    first_s = time.monotonic() - begun
    assert process.stdout is not None
    assert any('"bpf": "ok"' in line for line in process.stdout)
    descriptors = held_by(process.pid)
    assert len(objects()["prog"]) > len(before["prog"])
    end(process)
    assert left_of(before) == {}
    return Course(first_s, descriptors)


def started(host: Host) -> subprocess.Popen[str]:
    return host.popen([*SCTPTOP, "--netns", "self"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def wait_for(process: subprocess.Popen[str], descriptors: int) -> None:
    deadline = time.monotonic() + load_s()
    while held_by(process.pid) < descriptors:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)


@pytest.mark.parametrize("turn", range(EARLY))
def test_before_it_loads_anything(hosts: tuple[Host, Host], course: Course, turn: int) -> None:
    before = objects()
    moment_s = course.first_s * (turn + random.Random(SEED + turn).random()) / EARLY
    process = started(hosts[0])
    time.sleep(moment_s)
    end(process)
    assert left_of(before) == {}, f"after {moment_s:.2f} s; SCTPTOP_SEED={SEED}"


@pytest.mark.parametrize("turn", range(WHILE_LOADING))
def test_while_it_loads_and_attaches(hosts: tuple[Host, Host], course: Course, turn: int) -> None:
    before = objects()
    part = (turn + random.Random(SEED - turn).random()) / WHILE_LOADING
    wanted = 1 + int(part * (course.descriptors - 1))
    process = started(hosts[0])
    wait_for(process, wanted)
    end(process)
    assert left_of(before) == {}, f"at {wanted} of {course.descriptors}; SCTPTOP_SEED={SEED}"
