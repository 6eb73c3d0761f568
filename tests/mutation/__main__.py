"""Draws mutants in rooms of sctptop and runs the tests of each room on them. See tests/mutate."""

from __future__ import annotations

import argparse
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "sctptop"


def tests_of(room: str) -> Path:
    """The mirrored folder, or of one module its test file if there is one; relative to the repository."""
    kind, _, rest = room.partition("/")
    mirrored = Path("tests", "ui", rest) if kind == "tui" else Path("tests", "unit", room)
    while not (REPOSITORY / mirrored).is_dir():
        file = mirrored.with_name(f"test_{mirrored.name}.py")
        if (REPOSITORY / file).is_file():
            return file
        mirrored = mirrored.parent
    return mirrored


def modules_of(room: str) -> list[Path]:
    """All modules below a room, or the one that is named. Raises SystemExit if it is neither."""
    folder = PACKAGE / room
    found = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    if not all(path.is_file() for path in found):
        raise SystemExit(f"tests/mutate: no room or module sctptop/{room} (try: model/advice, fields/filter)")
    return found


def is_equivalent(path: Path, mutant: Mutant) -> bool:
    """Whether it is named as one that no test can notice."""
    return mutant.named(path.read_bytes(), EQUIVALENT.get(path.relative_to(PACKAGE).as_posix(), ()))


def copied(folder: Path) -> None:
    """The checkout as it stands, changes included, without what git ignores."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)


def outcome(folder: Path, tests: Path, limit_s: float | None) -> str:
    """What becomes of the tests in that copy: passed, killed, or time-out."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", str(tests)]
    environment = os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(folder / ".hypothesis")}
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=limit_s, env=environment)
    except subprocess.TimeoutExpired:
        return "time-out"
    return "killed" if done.returncode else "passed"


class Bench:
    """Copies of the checkout, in each of which one mutant lives at a time."""

    def __init__(self, folder: Path, copies: int) -> None:
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self._stamps = iter(range(1, sys.maxsize))
        for number in range(copies):
            (folder / str(number)).mkdir()
            copied(folder / str(number))
            self._free.put(folder / str(number))

    def trial(self, module: Path, mutant: Mutant | None, tests: Path, limit_s: float | None) -> str:
        """What becomes of the tests with that mutant in a module, or with none."""
        copy = self._free.get()
        file = copy / module.relative_to(REPOSITORY)
        text = file.read_bytes()
        try:
            self._write(file, mutant.applied(text) if mutant else text)
            return outcome(copy, tests, limit_s)
        finally:
            self._write(file, text)
            self._free.put(copy)

    def _write(self, file: Path, text: bytes) -> None:
        file.write_bytes(text)
        # Python knows a compiled file by size and whole seconds of its source: a time for each text.
        stamp = next(self._stamps)
        os.utime(file, (stamp, stamp))


def run(room: str, number: int, seed: int, bench: Bench, workers: ThreadPoolExecutor) -> str:
    """Prints every mutant of a room that lives; says how many there were of each kind."""
    tests = tests_of(room)
    modules = {path: mutants(path.read_bytes()) for path in modules_of(room)}
    every = [(path, mutant) for path, found in modules.items() for mutant in found]
    known = {(path, mutant) for path, mutant in every if is_equivalent(path, mutant)}
    drawn = random.Random(seed).sample(every, min(number, len(every)))
    chosen = [one for one in drawn if one not in known]
    started = time.monotonic()
    if bench.trial(next(iter(modules)), None, tests, None) != "passed":
        raise SystemExit(f"tests/mutate: {tests} fails without a mutant")
    # The machine may be busier later.
    limit_s = 10 + 5 * (time.monotonic() - started)
    outcomes: Counter[str] = Counter()
    results = workers.map(lambda one: bench.trial(one[0], one[1], tests, limit_s), chosen)
    for (path, mutant), result in zip(chosen, results, strict=True):
        outcomes[result] += 1
        if result == "passed":
            print(f"survived {path.relative_to(REPOSITORY)}:{mutant.line}  {mutant.change}", flush=True)
    return (
        f"{room:24} {len(drawn):4} of {len(every)} mutants: {outcomes['killed']} killed, "
        f"{outcomes['time-out']} ran out of time, {len(drawn) - len(chosen)} equivalent, "
        f"{outcomes['passed']} survived ({tests})"
    )


def main() -> None:
    """The command line of tests/mutate."""
    parser = argparse.ArgumentParser(prog="tests/mutate", description=__doc__)
    parser.add_argument(
        "rooms", nargs="+", metavar="ROOM", help="below sctptop/, as model/advice or fields/filter"
    )
    parser.add_argument("--number", type=int, default=40, help="mutants of each room (40)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws others (1)")
    asked = parser.parse_args()
    rooms = [room.strip("/").removeprefix("sctptop/").removesuffix(".py") for room in asked.rooms]
    copies = os.cpu_count() or 1
    with (
        tempfile.TemporaryDirectory(prefix="sctptop-mutants-") as folder,
        ThreadPoolExecutor(copies) as workers,
    ):
        bench = Bench(Path(folder), copies)
        summary = [run(room, asked.number, asked.seed, bench, workers) for room in rooms]
    print(*summary, sep="\n")


if __name__ == "__main__":
    main()
