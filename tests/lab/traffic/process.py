"""The test's handle on a traffic process: start it in a host, ask it for getsockopt values, end it.

with traffic(amf, "echo", "--local", amf.ipv4[0]), traffic(gnb, "request", "--to", amf.ipv4[0]) as client:
    facts = client.ask("status")["associations"][0]
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.lab.problems import lab_error
from tests.lab.scenes.hosts import Host
from tests.lab.traffic.nursery import Forked, nursery

START_SECONDS = 60.0


@dataclass(frozen=True)
class Traffic:
    """A running traffic process; `facts` are the words of its `ready` line, e.g. `facts["local_port"]`."""

    kind: str
    process: Forked
    facts: dict[str, str]
    lines: queue.Queue[str]

    def ask(self, order: str, *, timeout: float = 30) -> Any:
        """Gives an order (see `socket_owner`) and returns its decoded answer; LabError when none comes."""
        try:
            self.process.stdin.write(order + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise _failure(self.kind, self.process) from None
        line = _await_line(self.lines, "= ", timeout)
        if line is None:
            raise _failure(self.kind, self.process)
        return json.loads(line[2:])

    def associations(self) -> list[dict[str, Any]]:
        """What getsockopt says now about each association: fields of sctp_sockets.Status, and `peers`."""
        found: list[dict[str, Any]] = self.ask("status")["associations"]
        return found

    def stop(self) -> None:
        """Ends the process; its sockets close as the kernel closes them."""
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.write("quit\n")
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


@contextmanager
def traffic(host: Host, kind: str, *options: str, timeout: float = START_SECONDS) -> Iterator[Traffic]:
    """Starts `python -m tests.lab.traffic KIND OPTIONS` in `host`, waits for `ready`, ends it with the block.

    Raises LabError with the process's own words when it ends or stays silent for `timeout` seconds.
    """
    started = start(host, kind, *options, timeout=timeout)
    try:
        yield started
    finally:
        started.stop()


def start(host: Host, kind: str, *options: str, timeout: float = START_SECONDS) -> Traffic:
    """Like `traffic`, for those who call `stop` themselves."""
    process = nursery().start(host.namespace, [kind, *options])
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    ready = _await_line(lines, "ready ", timeout)
    if ready is None:
        raise _failure(kind, process)
    facts = dict(word.split("=", 1) for word in ready.split()[2:])
    return Traffic(kind, process, facts, lines)


def _read(process: Forked, lines: queue.Queue[str]) -> None:
    with process.stdout:
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
    lines.put("")


def _await_line(lines: queue.Queue[str], beginning: str, timeout: float) -> str | None:
    deadline = time.monotonic() + timeout
    with contextlib.suppress(queue.Empty):
        while (left := deadline - time.monotonic()) > 0:
            line = lines.get(timeout=left)
            if line.startswith(beginning):
                return line
            if not line:
                return None
    return None


def _failure(kind: str, process: Forked) -> Exception:
    process.kill()
    words = process.stderr.read().strip()
    why = words.splitlines()[-1] if words else "no word from it in time"
    return lab_error(f"traffic {kind}", why, "the same command by hand in the host")
