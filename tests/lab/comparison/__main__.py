"""What ``sctptop compare`` says of set-ups that were recorded in the lab, against what it must say.

    python -m tests.lab.comparison FOLDER                    records what is not there yet, and judges
    python -m tests.lab.comparison FOLDER --runs 3 plain cpu of these set-ups alone, three runs each
    python -m tests.lab.comparison FOLDER --judge            what is there

Prints a table; the exit code is 1 where anything is not as it must be. By hand, for it takes an hour and more: a run
is half a minute, of which nothing may be cut. The guest counts its time in instructions, so that what the machine
does besides changes little; while it idles, a busy machine still makes it late now and then.

What was said of five runs each (24 registrations; bursts 30), seen from both hosts; from the gNB or the AMF alone the
other end is one part, and the rest is the same. All were right, and cpu, ran, loss and far against sack20 as well.
Ratios are those of scipy's Welch test to three digits:

| other against base | said | part | setting named |
|---|---|---|---|
| again, plain | no difference that matters, 1.00x (0.97-1.02) | | |
| sack20, plain: NODELAY on | no difference that matters, 0.99x (0.97-1.01) | | that it differs |
| nagle, plain | slower, 5.1x (4.8-5.3) | held at the gNB 96 % | NODELAY of the gNB |
| loss, plain | slower in the mean, 6.8x (4.5-10) | lost 100 % | lossy path, by advice |
| cpu, plain | slower, 2.4x (2.4-2.5) | the AMF's own 100 % | none |
| ran, plain | slower, 2.9x (2.9-3.0) | the gNB's own 100 % | none |
| nagle-sack20, nagle | faster, 0.33x (0.32-0.35) | held at the gNB 100 % | SACK delay of the AMF |
| loss-rto3, loss | slower in the mean, 2.0x (1.3-3.1) | lost 100 % | RTO of both |
| far, plain | slower, 3.8x (3.8-3.9) | the network 100 % | none |
| burst-cpu, burst | slower, 4.3x (4.3-4.4) | unread at the AMF 95 % | none; saturated, by advice |
| burst-rwnd, burst | slower, 1.33x (1.32-1.33) | held at the gNB 63 %, order 23 % | receive buffer of the AMF |
| burst-rwnd4k, burst | no difference that matters, 1.00x (1.00-1.01); p95: cannot tell | | |

A fourth burst-rwnd run of another day took ten times as long (2.5x, 0.4-14: cannot tell, yet SCTP, the receive buffer
of the AMF named): a full buffer that throws chunks away leads to one timeout or many. In two of the runs above two
messages were thrown away and sent again after 0.4 s, two round trips, fast: no T3 expired.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from sctptop.comparison.statistics.ratio import LEAST_RUNS
from tests.lab.comparison.cases import CASES, Case, row, told
from tests.lab.comparison.one_end import NAMESPACES, alone
from tests.lab.comparison.setups import SETUPS
from tests.lab.comparison.wire import table
from tests.lab.machine import run as machine
from tests.lab.machine.boot import COUNTING
from tests.lab.problems import LabError

SECONDS = 4 * 3600.0
HEAD = "| seen | case | result | shown by | part | setting | advice | |\n|---|---|---|---|---|---|---|---|"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab.comparison", description="set-ups recorded and compared"
    )
    parser.add_argument("folder", type=Path, help="where the recordings are, and stay")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each set-up, default 5")
    parser.add_argument("--judge", action="store_true", help="record nothing")
    parser.add_argument("--verdicts", action="store_true", help="print them whole")
    parser.add_argument("names", nargs="*", metavar="SETUP", help=f"of {', '.join(SETUPS)}; default all")
    options = parser.parse_intermixed_args()
    names = options.names or [*SETUPS]
    if unknown := [name for name in names if name not in SETUPS]:
        parser.error(f"unknown: {', '.join(unknown)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    if not options.judge and not _recorded(options.folder.resolve(), options.runs, names):
        return 1
    return _judged(options.folder, names, verdicts=options.verdicts)


def _recorded(folder: Path, runs: int, names: list[str]) -> bool:
    command = [sys.executable, "-m", "tests.lab.comparison.recording", str(folder), str(runs), *names]
    try:
        result = machine.run(command, timeout=SECONDS, shared=folder, processors=COUNTING, show=True)
    except LabError as error:
        print(f"lab: error: {error}", file=sys.stderr)
        return False
    print(result.stderr if result.returncode else f"recorded in {result.seconds:.0f} s", file=sys.stderr)
    return not result.returncode


def _judged(folder: Path, names: list[str], *, verdicts: bool) -> int:
    wrong = 0
    print(HEAD)
    for seen, case, files in _seen(folder, names):
        found = told(case, *files)
        wrong += any(found.problems)
        print(f"| {seen} {row(found)}", flush=True)
        if verdicts:
            print(f"\n{found.text}\n")
    return 1 if wrong or not _witnessed(folder, names) else 0


def _witnessed(folder: Path, names: list[str]) -> bool:
    """Whether tcpdump and compare agree on the runs that both saw; their numbers are printed."""
    runs = [f"{name}-1" for name in names if SETUPS[name].captured and (folder / f"{name}-1.sctp").exists()]
    if len(runs) < 2:
        return True
    text, wrong = table(folder, runs)
    print("", text, *wrong, sep="\n")
    return not wrong


def _seen(folder: Path, names: list[str]) -> Iterator[tuple[str, Case, tuple[list[Path], list[Path]]]]:
    """Every case of which there are runs enough, of both hosts and of each alone."""
    known = {name: sorted(folder.glob(f"{name}-[0-9].sctp")) for name in names}
    for case in CASES:
        both = known.get(case.base, []), known.get(case.other, [])
        if min(map(len, both)) < LEAST_RUNS:
            continue
        yield "both", case, both
        for end in NAMESPACES:
            first, second = ([alone(file, end) for file in files] for files in both)
            yield end, case.seen_from(end), (first, second)


if __name__ == "__main__":
    sys.exit(main())
