"""What the probes need, checked one by one; nothing is compiled and nothing loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sctptop.kernel.host.distribution import Commands
from sctptop.kernel.host.memlock import UNLIMITED, limited_maps, locked_memory
from sctptop.kernel.host.modules import option
from sctptop.kernel.host.privilege import (
    SYS_MODULE,
    held_capabilities,
    lockdown_mode,
    locked_down,
    missing_capabilities,
    missing_rights,
)
from sctptop.kernel.program.bpf.libbpf import LibbpfError
from sctptop.kernel.program.compiling import NoProbes
from sctptop.kernel.program.event_buffers import needed_kib
from sctptop.kernel.program.find_bcc import NoBcc
from sctptop.kernel.program.program_source import ProbeSource
from sctptop.model.check import HINT, MISSING, OK, Check
from sctptop.model.source_state import Trouble

BUILT_WITH = ("CONFIG_BPF_SYSCALL", "CONFIG_BPF_EVENTS", "CONFIG_KPROBES")
"""Without one of these the kernel runs no probe."""

MAPS_KIB = 28 << 10
"""What the maps take at most, where the kernel counts them against RLIMIT_MEMLOCK."""


def rights(root: Path, needs_modules: bool) -> Check:
    """What we may do; ``needs_modules``: whether a module has to be loaded first."""
    status, uid_map = root / "proc/thread-self/status", root / "proc/thread-self/uid_map"
    held = held_capabilities(status)
    lacks = missing_capabilities(held, needs_modules)
    others = f"; nor {', '.join(lacks)}" if lacks else ""
    trouble = missing_rights(status, uid_map)
    if trouble is not None:
        return Check("rights", MISSING, f"no probes: {trouble.reason}{others}", trouble.remedy)
    if not lacks:
        return Check("rights", OK, "all capabilities that are used")
    remedy = (
        "sudo modprobe sctp  # on the host itself" if needs_modules and not held >> SYS_MODULE & 1 else None
    )
    return Check("rights", HINT, f"enough for probes{others.replace('nor', 'not')}", remedy)


def lockdown(root: Path) -> Check:
    """Whether the kernel forbids even root to read its memory."""
    file = root / "sys/kernel/security/lockdown"
    trouble = locked_down(file)
    if trouble is not None:
        return Check("lockdown", MISSING, *trouble)
    mode = lockdown_mode(file)
    found = {None: "none that the kernel shows", "none": "none"}.get(mode, f"{mode}, which allows probes")
    return Check("lockdown", OK, found)


def kprobes(root: Path, release: str, known: Commands, refused: Callable[[], Trouble | None]) -> Check:
    """Whether this kernel lets programs be attached; ``refused`` asks it, and is skipped without capabilities."""
    without = [name for name in BUILT_WITH if option(name, release, root) == "n"]
    if without:
        return Check("kprobes", MISSING, f"the kernel was built without {', '.join(without)}", known.kernel)
    devices = root / "sys/bus/event_source/devices"
    if not devices.is_dir():
        return Check("kprobes", MISSING, "/sys is not mounted", "sudo mount -t sysfs sysfs /sys")
    if not (devices / "kprobe").exists():
        return Check("kprobes", MISSING, "this kernel has none", known.kernel)
    # kernel.unprivileged_bpf_disabled stops nobody with CAP_BPF, and without it there are no probes anyway.
    process = root / "proc/thread-self"
    trouble = None if missing_rights(process / "status", process / "uid_map") else refused()
    if trouble is not None:
        return Check("kprobes", MISSING, *trouble)
    return Check("kprobes", OK, "the kernel has them")


def buffers(root: Path, release: str) -> Check:
    """Whether the kernel locks as much memory for us as the probes have use for."""
    process = root / "proc/thread-self"
    if missing_rights(process / "status", process / "uid_map"):
        return Check("buffers", OK, "none: no probes")
    limit = limited_maps(release, root)
    if limit is not None and limit < MAPS_KIB:
        return Check(
            "buffers", MISSING, f"this kernel lets us lock {limit} KiB, too little for the maps", UNLIMITED
        )
    memory = locked_memory(root)
    allowed = memory.allowed if memory is not None else None
    if memory is None or allowed is None:
        return Check("buffers", OK, "no limit that the kernel shows")
    needed = needed_kib(memory.processors)
    each = allowed // memory.processors
    if each < needed:
        found = f"room for {each} KiB of events a processor instead of {needed}: bursts may be lost"
        return Check("buffers", HINT, found, memory.remedy(needed))
    return Check("buffers", OK, f"room for {needed} KiB of events a processor")


def bcc(load: Callable[[], object]) -> Check:
    """Which BCC there is, by importing it."""
    try:
        found = load()
    except NoBcc as error:
        return Check("BCC", MISSING, *error.trouble)
    version, file = getattr(found, "__version__", ""), getattr(found, "__file__", None)
    return Check(
        "BCC", OK, f"{version} in {Path(file).parent}".lstrip() if file else f"{version} is there".lstrip()
    )


def libbpf(load: Callable[[], object]) -> Check:
    """Whether the library is there and new enough."""
    try:
        load()
    except LibbpfError as error:
        return Check("libbpf", MISSING, *error.trouble)
    return Check("libbpf", OK, "installed")


def types(
    root: Path,
    load: Callable[[], object],
    source: Callable[[], tuple[ProbeSource, bool]],
    sctp_here: bool,
) -> Check:
    """Where the types of SCTP in this kernel are read."""
    folder = root / "sys/kernel/btf"
    split, base = folder / "sctp", folder / "vmlinux"
    try:
        load()
    except LibbpfError:
        return Check("BTF", MISSING, "not read: libbpf does it")
    try:
        program, needs_headers = source()
    except NoProbes as error:
        if base.exists() and not split.exists() and not sctp_here:
            return Check("BTF", OK, f"{base}; that of SCTP comes with its module")
        return Check("BTF", MISSING, *error.trouble)
    if program.left_out:
        reasons = ", ".join(sorted(set(program.left_out.values())))
        return Check("BTF", HINT, f"not all probes fit this kernel: {reasons}")
    if needs_headers:
        return Check("BTF", OK, "none of SCTP; the kernel's headers do as well, and take longer")
    return Check("BTF", OK, str(split if split.exists() else base))


def ways(load: Callable[[], object], source: Callable[[], tuple[ProbeSource, bool]]) -> Check:
    """How the points would be reached, by what the kernel's BTF says; nothing is loaded, so it may still refuse."""
    try:
        load()
        program, _ = source()
    except (LibbpfError, NoProbes):
        return Check("ways", OK, "none: no probes")
    direct = sum(hook.how in ("fentry", "fexit") for hook in program.hooks)
    if direct:
        others = Counter(hook.how for hook in program.hooks if hook.how not in ("fentry", "fexit"))
        rest = ", ".join(f"{times} by {how}" for how, times in others.most_common())
        return Check("ways", OK, f"{direct} of {len(program.hooks)} points by trampoline, {rest}")
    why = next((hook.why for hook in program.hooks if hook.why), "no reason is known")
    return Check("ways", HINT, f"kprobes, which cost twice what trampolines do: {why}")
