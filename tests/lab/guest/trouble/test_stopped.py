"""sctptop stopped for a while, as by a debugger or a host that suspends it: what it missed is counted, not made up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.lab.core.scene import core_scene
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic

STOPPED_S = 25
"""Longer than the 16 s in which a registration must be answered."""


def inheritable(pid: int) -> list[str]:
    """Descriptors that a program started by it would have, but for the first three: proc_pid_fdinfo(5)."""
    found = []
    for file in Path(f"/proc/{pid}/fdinfo").iterdir():
        # It opens and closes files all the time.
        with suppress(FileNotFoundError):
            flags = next(line for line in file.read_text().splitlines() if line.startswith("flags:"))
            if int(file.name) > 2 and not int(flags.split()[1], 8) & os.O_CLOEXEC:
                found.append(str(Path(f"/proc/{pid}/fd/{file.name}").readlink()))
    return found


def test_stopped_while_more_happens_than_the_buffers_hold() -> None:
    words = [sys.executable, "-m", "sctptop", "--json", "-d", "1", "--netns", "stop-gnb"]
    with (
        two_hosts(prefix="stop-", subnet=38) as hosts,
        core_scene(
            ues=10, rate=2, rounds=0, gnb_nodelay=True, amf_nodelay=True, hosts=hosts,
            gnb_options=("--again", "3"),
        ),
        traffic(hosts[1], "sink", "--local", hosts[1].ipv4[0], "--port", "5000"),
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process,
    ):  # fmt: skip
        gnb, amf = hosts
        assert process.stdout is not None

        def sample() -> dict[str, Any]:
            assert process.stdout is not None
            found: dict[str, Any] = json.loads(process.stdout.readline())
            return found

        try:
            first = sample()
            assert first["sources"]["bpf"] == "ok", first["sources"]
            assert inheritable(process.pid) == []
            ended = Counter[str]()
            for _ in range(5):
                ended.update(one["outcome"] for one in sample()["registrations"]["ended"])
            process.send_signal(signal.SIGSTOP)
            begun = time.monotonic()
            # Each is told as NGAP: its PPID says so.
            sent = ("--to", amf.ipv4[0], "--port", "5000", "--ppid", "60", "--count", "12000")
            with traffic(gnb, "bulk", *sent):
                time.sleep(STOPPED_S)
            process.send_signal(signal.SIGCONT)
            lost, longest = 0, 0.0
            for turn in range(22):
                now = sample()
                lost += now["events_lost"]
                longest = max(longest, now["interval_s"])
                ended.update(one["outcome"] for one in now["registrations"]["ended"])
                if turn == 1:
                    assert lost > 1000, "told with the readings right after it"
            stopped = time.monotonic() - begun
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
        print(f"lost {lost}, longest interval {longest:.1f} s of {stopped:.1f}; ended {dict(ended)}")
        assert STOPPED_S - 2 <= longest <= stopped
        assert ended["completed"] > 10
        assert set(ended) <= {"completed", "unknown"}, ended
