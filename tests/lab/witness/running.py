"""sctptop itself as its users run it, beside the traffic of a test, and all that it printed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.lab.scenes.hosts import Host
from tests.lab.witness.patience import load_s

SCTPTOP = (sys.executable, "-m", "sctptop", "--json")
SAMPLE_S = 60.0

Sample = dict[str, Any]


class Running:
    """One whose probes are on when the block begins; ``samples`` is all that it printed from then on."""

    def __init__(self, host: Host | None = None) -> None:
        """In a host it reads that one alone, else all of them."""
        command = [*SCTPTOP, "--netns", "self" if host else "all"]
        self.samples: list[Sample] = []
        self._process = subprocess.Popen(
            host.command(command) if host else command, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Running:
        self._reader.start()
        # Where compiling takes long the first samples come without them.
        self._wait(lambda: self.samples and self.samples[-1]["sources"]["bpf"] != "compiling", load_s())
        assert self.samples[-1]["sources"]["bpf"] == "ok", self.samples[-1]["sources"]
        del self.samples[:-1]
        return self

    def __exit__(self, *_: object) -> None:
        """All that it printed is there then."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(30)
        self._process.communicate()

    def wait_for(self, more: int) -> None:
        """So many samples from now on."""
        wanted = len(self.samples) + more
        self._wait(lambda: len(self.samples) >= wanted, more * SAMPLE_S)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """In the order in which they were told."""
        return [event for sample in self.samples for event in sample["events"] if event["kind"] == kind]

    def _wait(self, holds: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert self._process.poll() is None, f"sctptop ended: {self._process.returncode}"
            assert time.monotonic() < deadline, f"no sample came within {seconds:g} s"
            time.sleep(0.1)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.samples.append(json.loads(line))
