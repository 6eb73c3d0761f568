"""Runs targets, two at a time, each in a process of its own; a line each, and the input of what failed.

    python -m tests.fuzz                              # every target, 10,000 inputs each
    python -m tests.fuzz header btf --runs 1000000 --seconds 600

What covered new lines is kept in .fuzz/TARGET and begun with the next time; an input that failed in .fuzz/found.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

KEPT = Path(".fuzz")
FOUND = KEPT / "found"
HANGS_S = 20
"""A single input that takes longer is a finding."""
MOST_MB = 2048
_PROGRESS = re.compile(r"^#(\d+)\s.*?cov: (\d+).*?exec/s: (\d+)", re.MULTILINE)
_DONE = re.compile(r"^Done (\d+) runs in (\d+) second", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """What a run of one target came to; ``trouble`` is empty where it was silent."""

    name: str
    runs: int
    a_second: int
    covered: int
    trouble: str

    def __str__(self) -> str:
        told = f"{self.name:<18} {self.runs:>9,} inputs {self.a_second:>7,}/s  {self.covered:>5} branches  "
        return told + (self.trouble or "silent")


def main(argv: Sequence[str]) -> int:
    """1 when anything was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Hostile bytes for every parser."
    )
    parser.add_argument(
        "targets", metavar="TARGET", nargs="*", help=f"of {', '.join(TARGETS)}; all by default"
    )
    parser.add_argument("--runs", type=int, default=10_000, help="inputs for each (default 10,000)")
    parser.add_argument("--seconds", type=int, default=0, help="no longer than that for each")
    arguments = parser.parse_args(argv)
    unknown = sorted(set(arguments.targets) - set(TARGETS))
    if unknown:
        parser.error(f"no target {unknown[0]}")
    FOUND.mkdir(parents=True, exist_ok=True)
    found = False
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(
            lambda name: run(name, arguments.runs, arguments.seconds), arguments.targets or list(TARGETS)
        ):
            print(result, flush=True)
            found = found or bool(result.trouble)
    return 1 if found else 0


def run(name: str, runs: int, seconds: int) -> Result:
    """One target until it has had its inputs, or its time, or something was found."""
    corpus = KEPT / name
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-runs={runs}",
        f"-max_total_time={seconds}",
        f"-timeout={HANGS_S}",
        f"-rss_limit_mb={MOST_MB}",
        f"-artifact_prefix={FOUND}/{name}-",
    ]
    process = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.fuzzer", name, str(corpus), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output = process.stdout
    progress = _PROGRESS.findall(output)
    made, covered, speed = (int(number) for number in progress[-1]) if progress else (0, 0, 0)
    done = _DONE.search(output)
    if done is not None:
        made, speed = int(done[1]), int(done[1]) // max(int(done[2]), 1)
    return Result(name, made, speed, covered, "" if process.returncode == 0 else _trouble(output))


def _trouble(output: str) -> str:
    """The exception, the input in hex, and where it is kept."""
    kept = re.search(r"Test unit written to (\S+)", output)
    raised = re.search(r"Uncaught Python exception: ===\n(.*?)\n==", output, re.DOTALL)
    error = re.search(r"ERROR: (.*)", output)
    what = raised[1] if raised else error[1] if error else output[-2000:]
    held = Path(kept[1]).read_bytes() if kept else b""
    return f"{what}\n  input {held[:400].hex()}{'…' if len(held) > 400 else ''} ({kept[1] if kept else 'not kept'})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
