"""What it costs to know who owns the sockets, on this machine's own /proc; UDP sockets stand in for SCTP's.

python -m tests.bench.owners [PROCESSES] [DESCRIPTORS]     # default 300 further processes, 10,000 descriptors in one
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sctptop.kernel.owners.containers import PROC
from sctptop.kernel.owners.descriptors import holders, process_ids
from sctptop.kernel.owners.processes import Owners
from tests.bench.timing import best_of

REPEAT = 7
SOCKETS = (1, 100, 1000)


@contextmanager
def crowd(processes: int, descriptors: int) -> Iterator[list[int]]:
    """Sleeping processes, and sockets of this one; yields the inodes of the sockets."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(min(descriptors, most - 200))]
    sleeping = [subprocess.Popen(["sleep", "600"]) for _ in range(processes)]
    try:
        yield [os.fstat(one.fileno()).st_ino for one in sockets]
    finally:
        for process in sleeping:
            process.kill()
        for process in sleeping:
            process.wait()
        for one in sockets:
            one.close()


def first_reading(inodes: list[int]) -> None:
    """What the first reading asks, and one after a minute."""
    Owners().of(inodes)


def steady(inodes: list[int]) -> Owners:
    """Owners that know all of these."""
    owners = Owners()
    owners.of(inodes)
    return owners


def main() -> int:
    """Print the table."""
    processes, descriptors = (int(word) for word in (*sys.argv[1:3], "300", "10000")[:2])
    with crowd(processes, descriptors) as inodes:
        held = sum(len(list((PROC / str(pid) / "fd").iterdir())) for pid in process_ids(PROC))
        print(f"{len(process_ids(PROC))} processes, {held} descriptors; best of {REPEAT}, milliseconds")
        print(f"{'sockets asked for':44}" + "".join(f"{count:>9}" for count in SOCKETS))
        rows: dict[str, list[float]] = {}
        for count in SOCKETS:
            asked = inodes[:count]
            actions: dict[str, Callable[[], object]] = {
                "first reading: a search of everything": partial(first_reading, asked),
                "each further one": partial(steady(asked).of, asked),
                "a new socket: a search of one known owner": partial(holders, PROC, [os.getpid()], asked),
            }
            for name, action in actions.items():
                rows.setdefault(name, []).append(1000 * best_of(action, REPEAT))
        for name, values in rows.items():
            print(f"{name:44}" + "".join(f"{value:>9.2f}" for value in values))
    return 0


if __name__ == "__main__":
    sys.exit(main())
