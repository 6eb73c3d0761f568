"""Where probes cannot run, sctptop runs without and says what to do; where they did, nothing of them is left."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf.btf import KernelTypes
from sctptop.kernel.program.compiling import NoProbes, compiled
from sctptop.kernel.program.declarations import PATH_WINDOWS
from sctptop.kernel.program.kept.store import FILE, FOLDER
from sctptop.kernel.program.points import POINTS
from sctptop.kernel.program.program_source import folder
from sctptop.kernel.program.records_check import statements
from tests.lab.guest.commands.test_command_line import NO_CAPABILITIES
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.tmux import START_S, run_in, terminal

SCTPTOP = [sys.executable, "-m", "sctptop", "--netns", "self"]
BCC = "/usr/lib/python3/dist-packages/bcc"
HIDE_BCC = f"mount -t tmpfs none {BCC}"


@pytest.fixture(scope="module")
def gnb() -> Iterator[Host]:
    with (
        two_hosts(prefix="off-") as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "59058"),
    ):
        yield gnb


def read(
    host: Host, *, before: str = "true", wrapper: tuple[str, ...] = (), **environment: str
) -> dict[str, Any]:
    """One sample of sctptop, run after ``before`` in a mount namespace of its own."""
    inner = shlex.join([*wrapper, *SCTPTOP, "--json", "-n", "1"])
    command = host.command(["unshare", "--mount", "bash", "-ec", f"{before}; exec {inner}"])
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=200, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stderr
    sample: dict[str, Any] = json.loads(done.stdout)
    assert sample["sources"]["sock_diag"] == "ok"
    assert [entry["local_port"] for entry in sample["associations"]] == [59058]
    return sample


def test_without_capabilities(gnb: Host) -> None:
    sample = read(gnb, wrapper=tuple(NO_CAPABILITIES))
    again = f"sudo {sys.executable} -m sctptop"
    assert sample["sources"]["bpf"] == f"off: needs root, or CAP_BPF and CAP_PERFMON (try: {again})"


def test_without_bcc(gnb: Host) -> None:
    state = read(gnb, before=HIDE_BCC)["sources"]["bpf"]
    assert state.startswith("off: BCC is not installed (try: sudo apt install python3-bpfcc")


def test_with_the_impostor(gnb: Host, tmp_path: Path) -> None:
    (tmp_path / "bcc").mkdir()
    (tmp_path / "bcc" / "__init__.py").write_text("class Lattice: pass\n")
    state = read(gnb, before=HIDE_BCC, PYTHONPATH=str(tmp_path))["sources"]["bpf"]
    assert state.startswith("off: BCC is not installed")
    assert f"the package bcc in {tmp_path}/bcc is PyPI's project of that name" in state
    assert read(gnb, PYTHONPATH=str(tmp_path))["sources"]["bpf"] == "ok", (
        "beside the real one it does no harm"
    )


def test_with_the_kernel_s_types_hidden(gnb: Host) -> None:
    state = read(gnb, before="mount -t tmpfs none /sys/kernel/btf")["sources"]["bpf"]
    assert state.startswith("off: this kernel does not tell its types: no /sys/kernel/btf/vmlinux")
    assert "apt install linux-headers-" in state


def test_with_the_module_s_types_hidden(gnb: Host, tmp_path: Path) -> None:
    (tmp_path / "vmlinux").symlink_to("/sys/kernel/btf/vmlinux")
    with KernelTypes(folder=tmp_path) as types:
        told_anyway = types.knows("sctp_transport")
    kept = "cp /sys/kernel/btf/vmlinux /run/kept"
    keep = f"{kept}; mount -t tmpfs none /sys/kernel/btf; mv /run/kept /sys/kernel/btf/vmlinux"
    state = read(gnb, before=keep)["sources"]["bpf"]
    # Something built in uses SCTP's structs in Debian's kernels, so that vmlinux tells them too.
    expected = "ok" if told_anyway else "off: this kernel's BTF does not tell the types of its sctp module"
    assert state.startswith(expected), state


NOT_AS_READ = "the C of the probes is not what sctptop reads: {} (try: install sctptop again)"


def test_with_c_that_is_not_what_is_read(gnb: Host, tmp_path: Path) -> None:
    swapped = "s/u32 interval, told;/u32 told, interval;/"
    copy = f"cp -r {folder()} {tmp_path}/bpf; sed -i '{swapped}' {tmp_path}/bpf/windows.h"
    state = read(gnb, before=f"{copy}; mount --bind {tmp_path}/bpf {folder()}")["sources"]["bpf"]
    assert state == "off: " + NOT_AS_READ.format("no u32 interval at byte 40 of struct path_windows")


DECLARATION = "|".join(
    (
        r"^#define (?:NGAP_HEAD|SLOT_BITS|ROOM_FOR_\w+) .+$",
        r"^(?:enum|struct \w+) \{[^}]*\};",
        r"^(?:BPF_TABLE|BPF_ARRAY)\(.*?\);",
    )
)


def declarations(file: str, changed: tuple[str, str]) -> str:
    """What a file of bpf/ declares, without the functions that take the compiler's time."""
    text = (folder() / file).read_text()
    found = re.findall(DECLARATION, text.replace(*changed), re.MULTILINE)
    return text if file == "read.h" else "\n".join(found)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (("", ""), None),
        (("u32 before, after;\n\tu32 ssthresh_before", "u32 before, more, after;\n\tu32 ssthresh_before"),
         "no u32 after at byte 56 of struct probe_event"),
        (("u64 hb_expires", "u32 hb_expires"), "no u64 hb_expires at byte 112 of struct path_windows"),
        (("u16 wait, bin;\n\tu32 turn;", "u16 wait, bin;\n\tu32 turn, more;"), "struct wait_bin goes on after turn"),
        (("struct path_bytes, paths", "u64, paths"),
         f"table paths has no keys of 8 and values of {PATH_WINDOWS.size} bytes"),
        (("KIND_CWND,", "KIND_MORE, KIND_CWND,"), "KIND_CWND is not 1"),
    ],
)  # fmt: skip
def test_the_real_compiler_names_what_differs(changed: tuple[str, str], differs: str | None) -> None:
    files = (
        "who.h",
        "tables.h",
        "windows.h",
        "event.h",
        "ngap_head.c",
        "ngap.c",
        "waits.c",
        "rtt.c",
        "read.h",
    )
    parts = ["#include <uapi/linux/ptrace.h>", *(declarations(file, changed) for file in files)]
    text = "\n".join([*parts, statements(files)])
    begun = time.monotonic()
    if differs is None:
        compiled(find_bcc.load(), text, folder()).cleanup()
    else:
        with pytest.raises(NoProbes) as caught:
            compiled(find_bcc.load(), text, folder())
        assert str(caught.value) == NOT_AS_READ.format(differs)
    print(f"{time.monotonic() - begun:.1f} s")


def test_the_dashboard_runs_without_probes_and_says_so(gnb: Host) -> None:
    command = gnb.command(["unshare", "--mount", "bash", "-ec", f"{HIDE_BCC}; exec {shlex.join(SCTPTOP)}"])
    with terminal("nobcc", 120, 36) as screen:
        run_in(screen, command)
        text = screen.wait(lambda text: "probes off" in text and "59058" in text, START_S)
        assert "BCC is not installed" in text
        screen.type("q")
        screen.wait(lambda text: "exit=0" in text)


def test_the_dashboard_is_up_before_the_probes_and_turns_them_on(gnb: Host) -> None:
    # What is kept compiled would be attached before there is a picture.
    (FOLDER / FILE).unlink(missing_ok=True)
    with terminal("compiling", 120, 36) as screen:
        run_in(screen, gnb.command(SCTPTOP))
        screen.wait(lambda text: ":38412" in text and "compiling" in text, START_S)
        text = screen.wait(lambda text: "HB probe" in text and "compiling" not in text, 120)
        assert "error" not in text
        screen.type("q")
        screen.wait(lambda text: "exit=0" in text)


def programs() -> set[str]:
    shown = subprocess.run(
        ["bpftool", "-j", "prog", "show"], check=True, capture_output=True, text=True
    ).stdout
    names = {point.function[:15] for point in POINTS}
    return {program.get("name", "") for program in json.loads(shown)} & names


def programs_soon_gone() -> set[str]:
    """Those that are left after ten seconds: the kernel frees programs after a grace period."""
    deadline = time.monotonic() + 10
    while (left := programs()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_in_the_kernel(gnb: Host, how: signal.Signals) -> None:
    assert programs_soon_gone() == set()
    process = gnb.popen([*SCTPTOP, "--json", "-d", "0.5"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert first["sources"]["bpf"] == "ok"
    assert len(programs()) > 10
    process.send_signal(how)
    process.wait(30)
    assert programs_soon_gone() == set()
    for name in ("kprobe_events", "uprobe_events"):
        listed = Path("/sys/kernel/tracing", name)
        assert not listed.exists() or listed.read_text() == ""


def test_the_program_and_its_cost_are_shown(gnb: Host) -> None:
    text = gnb.run([*SCTPTOP, "--ebpf"]).stdout
    assert "int at_update_rto" in text and "#define OFFSET_sctp_transport__cwnd" in text
    text = gnb.run([*SCTPTOP, "--probes", "-d", "1"], timeout=200).stdout
    print(text)
    lines = [line for line in text.splitlines() if line.startswith("sctp_")]
    assert len(lines) == len(POINTS)
    assert all(" on " in line for line in lines)
    (asked,) = (line.split() for line in lines if line.startswith("sctp_get_sctp_info"))
    assert int(asked[3]) >= 2, "our own two readings are among its runs"
