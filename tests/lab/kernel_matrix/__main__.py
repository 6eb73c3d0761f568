"""sctptop's probes on the kernels of several Debian releases, each with its release's own BCC and Python; as root.

    python -m tests.lab.kernel_matrix               all of them
    python -m tests.lab.kernel_matrix 6.12 7.2      these
    python -m tests.lab.kernel_matrix 6.1-bcc-0.18  an older BCC: only when it is asked for
    python -m tests.lab.kernel_matrix arm64-6.1     another architecture, emulated: only when it is asked for
    python -m tests.lab.kernel_matrix --tests tests/lab/guest/commands/test_command_line.py 7.2

Prints a table; the exit code is 1 when a kernel does not do what is expected of it. The first run downloads and
builds (some 2 minutes and 1 GB a release), see roots.py; what a guest said is kept beside the roots.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from tests.lab.kernel_matrix import arm64, emulated, older_bcc
from tests.lab.kernel_matrix.guest import BTF
from tests.lab.kernel_matrix.roots import CHECKOUT, SUITES, VENV, System, renew_checkout, system
from tests.lab.machine import run as machine
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.turns import exclusive
from tests.lab.problems import LabError

TESTS = "tests/lab/guest/probes tests/lab/guest/changes"
SECONDS = 1500.0
OWN_ONLY = "off: --netns self"
"""What the source netns says, for the guest asks for that."""
COLUMNS = ("KERNEL", "USERLAND", "BTF", "BCC", "PYTHON", "COMPILE", "PROBES", "TESTS", "RUN", "VERDICT")

IN_ROOT = r"""
root=$1 checkout=$2 python=$3; shift 3
modules=/usr/lib/modules/$(uname -r)
# ip netns exec wants / to be a mount point.
mount --bind "$root" "$root" && mkdir -p "$root$modules" && mount --bind "$modules" "$root$modules" || exit
for folder in dev proc sys run; do mount --rbind /$folder "$root/$folder" || exit; done
inside() { chroot "$root" env -C "$checkout" "$python" -m "$@"; }
"""
INSIDE = r"""
python=$1; shift
inside() { "$python" -m "$@"; }
"""
"""Where the guest's root is the release's own."""
RUN = r"""
inside tests.lab.kernel_matrix.guest || exit
inside pytest -p no:cacheprovider -o addopts='--strict-markers --import-mode=importlib' -rfEs -v \
    -W default::ResourceWarning -W default::pytest.PytestUnraisableExceptionWarning --tb=short "$@"
"""


@dataclass
class Outcome:
    """A row of the table, what is wrong (nothing when the kernel does as expected), and what else to know."""

    cells: list[str]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def examine(series: str, tests: str) -> Outcome:
    """Boots a kernel, and judges what sctptop did there. Raises LabError."""
    started = time.monotonic()
    foreign = series in arm64.SUITES
    built = _system_of(series)
    (arm64.renew_checkout if foreign else renew_checkout)(built.root)
    print(f"{series}: {built.kernel.release} ready after {time.monotonic() - started:.0f} s", flush=True)
    python = str(VENV / "bin" / "python")
    if foreign:
        command = ["bash", "-c", f"{INSIDE}{RUN}", "matrix", python, *tests.split()]
        result = emulated.run(command, built, timeout=SECONDS)
    else:
        arguments = [str(built.root), str(CHECKOUT), python, *tests.split()]
        command = ["bash", "-c", f"{IN_ROOT}{RUN}", "matrix", *arguments]
        result = machine.run(command, timeout=SECONDS, booted=built.kernel)
    log = cache_folder() / "roots" / f"{series}.log"
    log.write_text(f"{result.stdout}\n{result.stderr}")
    first, _, said = result.stdout.partition("\n")
    try:
        facts = json.loads(first)
    except json.JSONDecodeError:
        last = (result.stderr.strip() or result.stdout.strip() or "nothing").splitlines()[-1]
        return Outcome(
            [built.kernel.release], [f"the guest ended with {result.returncode}: {last}; all in {log}"]
        )
    outcome = judge(facts, said, result.returncode)
    outcome.cells[1:1] = [_userland(built)]
    outcome.cells.append(f"{result.seconds:.0f} s")
    outcome.notes.append(f"what the guest said: {log}")
    return outcome


def _system_of(series: str) -> System:
    if series in arm64.SUITES:
        return arm64.system(series)
    return older_bcc.system(series) if series in older_bcc.SERIES else system(series)


def judge(facts: dict[str, Any], said: str, code: int) -> Outcome:
    """What a guest told, as a row of the table."""
    probes = facts["probes"]
    attached = re.search(r"^(\d+) of (\d+) attached; read.* in (\S+) s", probes["stdout"], re.MULTILINE)
    last = said.strip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
    tests = f"{counts.get('passed', 0)}/{sum(counts.values())}" if counts else "-"
    compiled, points = (f"{attached[3]} s", f"{attached[1]}/{attached[2]}") if attached else ("-", "none")
    btf = "+".join(facts["btf"]) or "none"
    outcome = Outcome([facts["release"], btf, facts["bcc"], facts["python"], compiled, points, tests])
    if attached is None or attached[1] != attached[2] or probes["code"]:
        off = re.findall(r"^.* off .*", probes["stdout"], re.MULTILINE)
        outcome.problems += [f"--probes ended with {probes['code']}: {_line(probes['stderr'])}", *off]
    outcome.notes += re.findall(r"^(?:reached by|no trampoline:) .*", probes["stdout"], re.MULTILINE)
    sources = _sources(facts["json"], "--json", outcome)
    outcome.problems += [
        f"source {name}: {state}" for name, state in sources.items() if state not in ("ok", OWN_ONLY)
    ]
    reason = _sources(facts["no_btf"], "--json without BTF", outcome).get("bpf", "")
    outcome.notes.append(f"with {BTF} hidden: bpf {reason}")
    if not (reason.startswith("off: ") and str(BTF) in reason):
        outcome.problems.append(f"the reason for no probes does not name {BTF}")
    if code or not counts.get("passed"):
        outcome.problems.append(f"pytest ended with {code}: {last}")
    outcome.notes += re.findall(r"^(?:FAILED|ERROR|SKIPPED) .*", said, re.MULTILINE)
    return outcome


def _sources(told: dict[str, Any], name: str, outcome: Outcome) -> dict[str, str]:
    """The sources in the last sample of --json; a problem when there is no association in it."""
    samples = [json.loads(line) for line in told["stdout"].splitlines()]
    if told["code"] or len(samples) != 2 or not samples[-1]["associations"]:
        why = _line(told["stderr"])
        outcome.problems.append(f"{name} ended with {told['code']} after {len(samples)} samples: {why}")
    sources: dict[str, str] = samples[-1]["sources"] if samples else {}
    return sources


def _line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _userland(built: System) -> str:
    return built.userland if built.userland == built.suite else f"{built.userland} (kernel: {built.suite})"


def table(outcomes: dict[str, Outcome]) -> str:
    """The rows, then what there is to say about each kernel."""
    rows = [list(COLUMNS)]
    for outcome in outcomes.values():
        verdict = "FAILED" if outcome.problems else "works"
        rows.append([*outcome.cells, *["-"] * (len(COLUMNS) - 1 - len(outcome.cells)), verdict])
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    for series, outcome in outcomes.items():
        lines += [f"{series}: PROBLEM: {problem}" for problem in outcome.problems]
        lines += [f"{series}: {note}" for note in outcome.notes]
    return "\n".join(lines)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab.kernel_matrix", description="probes on many kernels"
    )
    known = (*SUITES, *older_bcc.SERIES, *arm64.SUITES)
    parser.add_argument("--tests", default=TESTS, metavar="PATHS", help=f"default {TESTS}")
    names = f"of {', '.join(known)}; default {', '.join(SUITES)}"
    parser.add_argument("series", nargs="*", metavar="KERNEL", help=names)
    options = parser.parse_args()
    unknown = [name for name in options.series if name not in known]
    if unknown:
        parser.error(f"unknown: {shlex.join(unknown)}")
    outcomes: dict[str, Outcome] = {}
    with exclusive("matrix"):
        for series in options.series or SUITES:
            try:
                outcomes[series] = examine(series, options.tests)
            except LabError as error:
                outcomes[series] = Outcome([series], [str(error)])
    print(table(outcomes))
    return 1 if any(outcome.problems for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
