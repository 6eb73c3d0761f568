"""Records set-ups in the lab, each several times, by ``sctptop record --runs``: in turn, so that what drifts meets all.

    python -m tests.lab.comparison.recording FOLDER RUNS NAME...       as root on an SCTP kernel

FOLDER/NAME-RUN.sctp; what is there is not made again, so a machine that died is no loss.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sctptop.arguments.record_words import files_of
from tests.lab.comparison.setups import SETUPS, Setup, captures
from tests.lab.core.scene import CoreScene, core_scene
from tests.lab.scenes.apart import TO_AMF, TO_GNB, apart
from tests.lab.scenes.hosts import Host, clear, impair
from tests.lab.witness.packets import captured, wait_for_the_last

Places = tuple[Host, Host, Host]
START_S = 180.0
"""Until the probes are loaded."""
PLAY_S = 180.0
SETTLE_S = 5.0
"""Longer than sctptop waits for a message that may still come."""
LAST_S = 3.0
"""Longer than sctptop takes for the sample behind the command's end."""
END_S = 60.0
"""Until the last file is written out."""


def main() -> None:
    """The command line."""
    folder, runs, names = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    with apart(prefix="cmp-") as places:
        for run in range(1, runs + 1):
            wanted = [name for name in names if run == 1 or not SETUPS[name].captured]
            wanted = [name for name in wanted if not _file(folder, name, run).exists()]
            random.Random(run).shuffle(wanted)
            if wanted:
                record(places, folder, run, wanted)


def _file(folder: Path, name: str, run: int) -> Path:
    return folder / f"{name}-{run}.sctp"


def record(places: Places, folder: Path, run: int, names: Sequence[str]) -> None:
    """One run of each of these set-ups, as the command that sctptop records while it runs asks for the next."""
    with tempfile.TemporaryDirectory(prefix="record-") as at:
        ask, done, file = (Path(at, name) for name in ("ask", "done", "run.sctp"))
        for pipe in (ask, done):
            os.mkfifo(pipe)
        words = [sys.executable, "-m", "sctptop", "record", "-o", str(file), "--runs", str(len(names))]
        command = ["bash", "-c", f"echo >{ask}; read -r <{done}"]
        descriptors = [os.open(pipe, os.O_RDWR) for pipe in (ask, done)]
        recorder = subprocess.Popen([*words, "--", *command])
        # Each is kept under its name once it is whole: the next run asks to begin then.
        before: tuple[Path, Path] | None = None
        try:
            for name, made in zip(names, files_of(file, len(names)), strict=True):
                began_s = time.monotonic()
                with playing(places, SETUPS[name]) as scene, _captured(places, folder, f"{name}-{run}"):
                    _wait(descriptors[0], recorder)
                    _keep(before)
                    loaded_s = time.monotonic() - began_s
                    scene.go()
                    report = scene.finish(PLAY_S)
                    time.sleep(SETTLE_S)
                    os.write(descriptors[1], b"\n")
                    time.sleep(LAST_S)
                whole_s = time.monotonic() - began_s
                told = f"{report['completed']} of {report['started']} completed, {report['total_ms']}"
                print(f"{name}-{run}: after {loaded_s:.0f} s, {whole_s:.0f} s in all: {told}", flush=True)
                before = made, _file(folder, name, run)
            assert recorder.wait(END_S) == 0
            _keep(before)
        finally:
            recorder.kill()
            recorder.wait()
            for descriptor in descriptors:
                os.close(descriptor)


def _keep(made: tuple[Path, Path] | None) -> None:
    """The file, out of the machine."""
    if made is not None:
        part = made[1].with_suffix(".part")
        shutil.copy(made[0], part)
        part.rename(made[1])


@contextmanager
def playing(places: Places, setup: Setup) -> Iterator[CoreScene]:
    """The set-up, ready to go."""
    gnb, amf, router = places
    for link in (TO_GNB, TO_AMF):
        impair(router, link, delay_ms=setup.delay_ms)
    with core_scene(hosts=(gnb, amf), on_order=True, **setup.scene()) as scene:
        for link in (TO_GNB, TO_AMF):
            impair(router, link, delay_ms=setup.delay_ms, loss_percent=setup.loss_percent)
        yield scene
        # So that it closes quickly.
        for link in (TO_GNB, TO_AMF):
            clear(router, link)


@contextmanager
def _captured(places: Places, folder: Path, name: str) -> Iterator[None]:
    """By tcpdump at both ends, where the set-up wants that."""
    if not SETUPS[name.rpartition("-")[0]].captured:
        yield
        return
    with captured(*places[:2]) as files:
        yield
        wait_for_the_last()
        for made, kept in zip(files, captures(folder, name), strict=True):
            shutil.copy(made, kept)


def _wait(ask: int, recorder: subprocess.Popen[bytes]) -> None:
    end_s = time.monotonic() + START_S
    while time.monotonic() < end_s and recorder.poll() is None:
        if select.select([ask], [], [], 0.2)[0]:
            os.read(ask, 1)
            return
    raise AssertionError(f"sctptop did not start the command: {recorder.poll()}")


if __name__ == "__main__":
    main()
