"""Started by sudo sctptop is the user who called it, with what reading the kernel takes; started by root it is less."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sctptop.kernel.host.privilege import DAC_READ_SEARCH
from sctptop.kernel.host.rights import READING
from sctptop.kernel.program.points import POINTS
from tests.lab.guest.rights.test_doctor import not_well
from tests.lab.scenes.hosts import two_hosts
from tests.lab.scenes.place import NUMBER, SCTPTOP, Place, place
from tests.lab.traffic.process import traffic

HOME = "/mnt/home"
BY_SUDO = ["sudo", *SCTPTOP]
DAC_OVERRIDE = 1
ALLOWED = sum(1 << number for number in READING)


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A host with an association whose socket is root's."""
    with (
        two_hosts(prefix="rights-") as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59058"),
        place(gnb) as found,
    ):
        yield found


def status(task: Path) -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)


def _tasks(pid: int) -> dict[int, dict[str, str]]:
    return {int(task.name): status(task) for task in Path(f"/proc/{pid}/task").iterdir()}


def tasks(pid: int) -> dict[int, dict[str, str]]:
    """The status of every thread, by its number, once none looks at the descriptors of others: that one has the
    right to, as long as it does.
    """
    for _ in range(20):
        found = _tasks(pid)
        if not any(int(task["CapEff"], 16) & 1 << DAC_READ_SEARCH for task in found.values()):
            break
        time.sleep(0.3)
    return found


def python_below(pid: int) -> int | None:
    """The process of sctptop: the last one below this one that is a Python."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        return python_below(int(child))
    return pid if b"sctptop" in Path(f"/proc/{pid}/cmdline").read_bytes() else None


@contextmanager
def running(here: Place, command: Sequence[str], *, user: bool = True) -> Iterator[int]:
    """sctptop, started by the ordinary user; its pid once it has given up what it had."""
    enter = ["nsenter", f"--target={here.pid}", "--mount", "--net", "--root", "--wd"]
    drop = (
        ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups", "--inh-caps=-all"]
        if user
        else []
    )
    process = subprocess.Popen(
        [*enter, *drop, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    found = None
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = python_below(process.pid)
            if found is not None and status(Path(f"/proc/{found}"))["NoNewPrivs"] == "1":
                break
            assert process.poll() is None, process.communicate()
            time.sleep(0.5)
        else:
            pytest.fail("it keeps everything")
        # Until every thread is there that will be.
        time.sleep(20)
        yield found
    finally:
        with suppress(ProcessLookupError):
            os.kill(found or process.pid, signal.SIGTERM)
        process.communicate(timeout=60)


def check(found: dict[int, dict[str, str]], uid: int, allowed: int) -> None:
    """Of every thread."""
    for task in found.values():
        assert task["Uid"].split() == [str(uid)] * 4
        assert int(task["CapPrm"], 16) & ~allowed == 0
        assert int(task["CapEff"], 16) & (1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH) == 0
        assert {task[name].strip("0") for name in ("CapInh", "CapBnd", "CapAmb")} == {""}
        assert task["NoNewPrivs"] == "1"


def test_a_recording_by_sudo_is_made_by_the_user(here: Place) -> None:
    with running(here, [*BY_SUDO, "record", "-o", f"{HOME}/long.sctp", "-d", "1"]) as pid:
        found = tasks(pid)
    check(found, NUMBER, ALLOWED)
    assert len(found) >= 2, "the probes have a thread"
    done = here.run([*BY_SUDO, "record", "-o", f"{HOME}/mine.sctp", "-n", "2", "--no-bpf"], user=True)
    assert done.returncode == 0, done.stderr
    assert here.run(["stat", "-c", "%u %a", f"{HOME}/mine.sctp"]).stdout == f"{NUMBER} 600\n"
    info = here.run([*SCTPTOP, "info", f"{HOME}/mine.sctp"], user=True)
    assert info.returncode == 0 and "samples 2" in " ".join(info.stdout.split()), (info.stdout, info.stderr)


def test_everything_is_seen_by_sudo(here: Place) -> None:
    sample = here.sample(["sudo"], user=True)
    assert sample["sources"]["bpf"] == sample["sources"]["netns"] == "ok" or sample["sources"][
        "netns"
    ].startswith("off")
    (association,) = sample["associations"]
    assert association["process"]["user"] == "root" and association["mark"] is not None
    done = here.run([*BY_SUDO, "--probes", "-d", "1"], user=True)
    assert f"{len(POINTS)} of {len(POINTS)} attached" in done.stdout, (done.stdout, done.stderr)
    assert "read, and compiled by an earlier start, in" in done.stdout, "kept through a descriptor of root's"
    assert not_well(here.doctor(["sudo"], user=True)) == set()
    every = here.run([*BY_SUDO, "--json", "-n", "1", "--no-bpf"], user=True)
    assert every.stdout.count('"local_port": 59058') + every.stdout.count('"local_port":59058') >= 1, (
        every.stderr
    )
    assert every.stdout.count('"netns"') >= 2


def test_what_the_user_could_not_write_is_refused(here: Place) -> None:
    done = here.run([*BY_SUDO, "record", "-o", "/etc/theirs.sctp", "-n", "1", "--no-bpf"], user=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("sctptop: error: cannot write /etc/theirs.sctp: Permission denied (try: ")
    assert here.run(["ls", "/etc/theirs.sctp"]).returncode == 2


def test_the_dashboard_draws_without_any_right(here: Place) -> None:
    words = " ".join([*BY_SUDO, "-d", "1"])
    with running(here, ["env", "TERM=xterm", "script", "-qfc", words, "/dev/null"]) as pid:
        found = tasks(pid)
    check(found, NUMBER, ALLOWED)
    assert int(found[pid]["CapPrm"], 16) == 0
    assert any(int(task["CapPrm"], 16) == ALLOWED for task in found.values()), "somebody reads the kernel"


def test_root_without_sudo_overrides_no_permission(here: Place) -> None:
    with running(here, [*SCTPTOP, "record", "-o", "/root/mine.sctp", "-d", "1"], user=False) as pid:
        found = tasks(pid)
    check(found, 0, ALLOWED)
    done = here.run([*SCTPTOP, "record", "-o", f"{HOME}/roots.sctp", "-n", "1", "--no-bpf"])
    assert done.returncode == 1 and "Permission denied" in done.stderr
    sample = here.sample()
    assert sample["sources"]["bpf"] == "ok" and sample["associations"][0]["process"]["user"] == "root"


@pytest.mark.parametrize("prefix", [["sudo"], []], ids=["sudo", "root"])
def test_who_reads_a_recording_has_no_right(here: Place, prefix: list[str]) -> None:
    # Nobody reads its output, so it waits before its end.
    with running(here, [*prefix, *SCTPTOP, "replay", "demo", "--json"], user=bool(prefix)) as pid:
        found = tasks(pid)
    check(found, NUMBER if prefix else 0, 0)
