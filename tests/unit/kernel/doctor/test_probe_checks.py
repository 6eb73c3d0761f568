"""What the probes need, on a host made for each diagnosis."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.kernel.host.distribution import commands
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf.libbpf import LibbpfError
from sctptop.kernel.program.compiling import source_here
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.points import POINTS
from sctptop.kernel.program.program_source import ALL_PROBES, ProbeSource
from sctptop.model.check import HINT, MISSING, OK, Check
from sctptop.model.source_state import Trouble
from tests.unit.kernel.doctor.hosts import (
    ALL,
    RELEASE,
    capabilities,
    config,
    found,
    lively,
    raising,
    without_sctp,
    write,
)


@pytest.mark.parametrize(
    ("mask", "status", "words"),
    [
        (
            "0000000000000000",
            MISSING,
            "no probes: needs root, or CAP_BPF and CAP_PERFMON; nor CAP_SYS_ADMIN",
        ),
        ("000001fffffeffff", OK, "all capabilities that are used"),
        ("000000c000010000", HINT, "enough for probes; not CAP_SYS_ADMIN for other network namespaces"),
        ("nonsense", MISSING, "no probes"),
    ],
)
def test_capabilities(tmp_path: Path, mask: str, status: str, words: str) -> None:
    host = lively(tmp_path)
    capabilities(tmp_path, mask)
    check = found(host, "rights")
    assert (check.status, check.found[: len(words)]) == (status, words)
    assert (check.remedy == "sudo sctptop") == (status == MISSING)


def test_lockdown(tmp_path: Path) -> None:
    host = lively(tmp_path)
    write(tmp_path, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    assert found(host, "lockdown") == Check("lockdown", OK, "integrity, which allows probes")
    write(tmp_path, "sys/kernel/security/lockdown", "none integrity [confidentiality]\n")
    check = found(host, "lockdown")
    assert (check.status, check.remedy) == (MISSING, "boot with lockdown=integrity")


def test_a_kernel_without_kprobes(tmp_path: Path) -> None:
    host = lively(tmp_path)
    config(tmp_path, "CONFIG_BPF_SYSCALL=y\nCONFIG_BPF_EVENTS=y\n# CONFIG_KPROBES is not set\n")
    check = found(host, "kprobes")
    assert (check.status, check.found) == (MISSING, "the kernel was built without CONFIG_KPROBES")
    (tmp_path / "proc/config.gz").unlink()
    assert found(host, "kprobes").status == OK
    (tmp_path / "sys/bus/event_source/devices/kprobe/type").unlink()
    (tmp_path / "sys/bus/event_source/devices/kprobe").rmdir()
    assert found(host, "kprobes").found == "this kernel has none"


@pytest.mark.parametrize(("mask", "status"), [("000000c000000000", MISSING), ("0", OK)])
def test_perf_events_are_asked_of_who_has_rights_at_all(tmp_path: Path, mask: str, status: str) -> None:
    host = replace(lively(tmp_path), refused=lambda: Trouble("it wants more", "sudo sysctl that"))
    capabilities(tmp_path, mask)
    check = found(host, "kprobes")
    assert check.status == status
    assert status == OK or check == Check("kprobes", MISSING, "it wants more", "sudo sysctl that")


def test_no_bcc_and_the_wrong_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bcc", raising=False)
    host = lively(tmp_path)
    nowhere = replace(host, bcc=lambda: find_bcc.load([], path=[]))
    check = found(nowhere, "BCC")
    assert (check.status, check.found) == (MISSING, "BCC is not installed")
    assert "install" in str(check.remedy)
    write(tmp_path, "venv/bcc/__init__.py", "class Lattice: pass\n")
    check = found(replace(host, bcc=lambda: find_bcc.load([], path=[str(tmp_path / "venv")])), "BCC")
    assert "is PyPI's project of that name" in check.found
    assert check.remedy == commands().bcc


def test_no_libbpf(tmp_path: Path) -> None:
    host = raising(lively(tmp_path), "libbpf", LibbpfError("libbpf is not installed", "that"))
    assert found(host, "libbpf") == Check("libbpf", MISSING, "libbpf is not installed", "that")
    assert found(host, "BTF") == Check("BTF", MISSING, "not read: libbpf does it")


def test_the_kernel_s_types_are_hidden(tmp_path: Path) -> None:
    host = lively(tmp_path)
    btf = tmp_path / "sys/kernel/btf"
    for file in btf.iterdir():
        file.unlink()
    check = found(replace(host, source=lambda: source_here(ALL_PROBES, btf, tmp_path)), "BTF")
    assert check.status == MISSING
    assert "does not tell its types" in check.found or "libbpf" in check.found
    assert "headers" in str(check.remedy) or "devel" in str(check.remedy)


def test_types_come_with_the_module(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    (tmp_path / "sys/kernel/btf/sctp").unlink()
    check = found(
        replace(host, source=lambda: source_here(ALL_PROBES, tmp_path / "sys/kernel/btf", tmp_path)), "BTF"
    )
    assert (check.status, check.found.split("; ")[-1]) == (OK, "that of SCTP comes with its module")


def test_headers_do_as_well_and_parts_may_not_fit(tmp_path: Path) -> None:
    host = lively(tmp_path)
    check = found(replace(host, source=lambda: (ProbeSource("", frozenset(), {}), True)), "BTF")
    assert (check.status, "headers" in check.found) == (OK, True)
    check = found(
        replace(host, source=lambda: (ProbeSource("", frozenset(), {"rtt.c": "no member x"}), False)), "BTF"
    )
    assert (check.status, "no member x" in check.found) == (HINT, True)


@pytest.mark.parametrize(
    ("limit", "release", "status", "text", "remedy"),
    [
        ("65536", RELEASE, HINT, "room for 548 KiB of events a processor instead of 648: bursts may be lost",
         "sudo sysctl kernel.perf_event_mlock_kb=648"),
        ("8388608", RELEASE, OK, "room for 648 KiB of events a processor", None),
        ("unlimited", RELEASE, OK, "no limit that the kernel shows", None),
        ("65536", "5.10.0-32-amd64", MISSING, "this kernel lets us lock 64 KiB, too little for the maps",
         "sudo prlimit --memlock=unlimited:unlimited --pid $$"),
    ],
)  # fmt: skip
def test_memory_that_may_be_locked(
    tmp_path: Path, limit: str, release: str, status: str, text: str, remedy: str | None
) -> None:
    host = replace(lively(tmp_path), release=release)
    capabilities(tmp_path, "c000000000")  # CAP_BPF and CAP_PERFMON
    write(tmp_path, "proc/thread-self/limits", f"Max locked memory         {limit}  {limit}  bytes\n")
    write(tmp_path, "proc/sys/kernel/perf_event_mlock_kb", "516\n")
    write(tmp_path, "sys/devices/system/cpu/online", "0-1\n")
    assert found(host, "buffers") == Check("buffers", status, text, remedy)
    capabilities(tmp_path, ALL)
    assert found(host, "buffers").status == OK, "nothing limits root"
    capabilities(tmp_path, "0")
    assert found(host, "buffers").status == OK, "that there are no probes is said above"


def test_how_the_points_would_be_reached(tmp_path: Path) -> None:
    host = lively(tmp_path)
    check = found(host, "ways")
    assert (check.status, check.found) == (OK, "1 of 2 points by trampoline, 1 by kretprobe")
    kprobes = tuple(Hook(point, "kprobe", "no BTF of the kernel's functions") for point in POINTS[:2])
    check = found(replace(host, source=lambda: (ProbeSource("", frozenset(), {}, kprobes), True)), "ways")
    assert (check.status, check.found.split(": ")[1]) == (HINT, "no BTF of the kernel's functions")
