"""Turns: only so many processes of this user are inside at a time, and who came first goes in first."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from tests.lab.machine.cache import cache_folder

LOOK_S = 0.1
_numbers = itertools.count()


@contextmanager
def exclusive(name: str, places: int = 1) -> Iterator[None]:
    """Waits for one of the places behind those who came before, and holds it; one that died holds nothing."""
    with ExitStack() as stack:
        locks = [
            stack.enter_context((cache_folder() / f"{name}.{place}").open("w")) for place in range(places)
        ]
        with _ticket(cache_folder() / f"{name}.queue") as ticket:
            if not _go_in(ticket, locks):
                print(f"lab: waiting for another process ({name})", file=sys.stderr, flush=True)
                while not _go_in(ticket, locks):
                    time.sleep(LOOK_S)
        yield


@contextmanager
def _ticket(queue: Path) -> Iterator[Path]:
    """A locked file whose name says when we came."""
    queue.mkdir(exist_ok=True)
    ticket = queue / f"{time.monotonic_ns():020}-{os.getpid()}-{next(_numbers)}"
    new = queue / f".{ticket.name}"
    with new.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # Nobody sees it before it is locked: without a lock it would be that of a dead one.
        new.rename(ticket)
        try:
            yield ticket
        finally:
            ticket.unlink(missing_ok=True)


def _go_in(ticket: Path, locks: Sequence[IO[str]]) -> bool:
    before = [other for other in ticket.parent.iterdir() if not other.name.startswith(".") and other < ticket]
    return not any(map(_waits, before)) and any(map(_taken, locks))


def _waits(other: Path) -> bool:
    """Whether the owner of a ticket is alive; the ticket of a dead one is thrown away."""
    with contextlib.suppress(FileNotFoundError), other.open() as file:
        if not _taken(file):
            return True
        other.unlink(missing_ok=True)
    return False


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
