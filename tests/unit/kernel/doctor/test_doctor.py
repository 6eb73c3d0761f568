"""Each diagnosis on a host made for it, with the command that helps there."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.kernel.doctor.doctor import examine
from sctptop.kernel.program.find_bcc import NoBcc
from sctptop.kernel.reading.sockdiag import SockDiagError
from sctptop.model.check import BROKEN, HINT, MISSING, OK, Check
from tests.unit.kernel.doctor.hosts import (
    OS_RELEASES,
    RELEASE,
    capabilities,
    config,
    found,
    lively,
    loaded,
    modules,
    raising,
    without_sctp,
    write,
)


def test_a_host_that_has_everything(tmp_path: Path) -> None:
    checks = examine(lively(tmp_path))
    assert [(check.name, check.status, check.remedy) for check in checks if check.status != OK] == []
    assert [check.name for check in checks] == [
        "SCTP", "sctp_diag", "rights", "lockdown", "kprobes", "buffers", "BCC", "libbpf", "BTF", "ways",
    ]  # fmt: skip
    assert checks[0].found == checks[1].found == "module loaded"


def test_an_empty_root_is_told_without_a_traceback(tmp_path: Path) -> None:
    checks = examine(replace(lively(tmp_path / "other"), root=tmp_path))
    assert checks[0] == Check("SCTP", BROKEN, "/proc is not mounted", "sudo mount -t proc proc /proc")
    assert not any("could not be checked" in check.found for check in checks)


def test_sctp_built_in(tmp_path: Path) -> None:
    host = lively(tmp_path)
    loaded(tmp_path, "ext4")
    modules(tmp_path)
    write(
        tmp_path,
        f"lib/modules/{RELEASE}/modules.builtin",
        "kernel/net/sctp/sctp.ko\nkernel/net/sctp/sctp_diag.ko\n",
    )
    assert found(host, "SCTP") == Check("SCTP", OK, "built into the kernel")
    assert found(host, "sctp_diag") == Check("sctp_diag", OK, "built into the kernel")


def test_sctp_not_loaded(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    assert found(host, "SCTP") == Check("SCTP", BROKEN, "the sctp module is not loaded", "sudo modprobe sctp")
    assert found(host, "sctp_diag").status == OK


def test_sctp_barred_as_on_fedora(tmp_path: Path) -> None:
    host = without_sctp(tmp_path, "fedora")
    write(tmp_path, "etc/modprobe.d/sctp-blacklist.conf", "# rarely used\nblacklist sctp\n")
    write(tmp_path, "etc/modprobe.d/sctp_diag-blacklist.conf", "blacklist sctp_diag\n")
    check = found(host, "SCTP")
    assert (check.status, check.found.split("/")[-1]) == (BROKEN, "sctp-blacklist.conf bars it")
    assert str(check.remedy).startswith(r"sudo sed -Ei 's/^\s*(blacklist|install)\s+sctp/#&/' ")
    assert str(check.remedy).endswith("/sctp_diag-blacklist.conf && sudo modprobe sctp")
    assert found(host, "sctp_diag").status == MISSING


@pytest.mark.parametrize(
    ("rule", "bars"),
    [
        ("install sctp /bin/false", True),
        ("install sctp /usr/bin/true", True),
        ("#blacklist sctp", False),
        ("blacklist sctp_diag", False),
        ("install sctp /sbin/modprobe --ignore-install sctp", False),
        ("options sctp no_checksums=1", False),
    ],
)
def test_what_bars_a_module(tmp_path: Path, rule: str, bars: bool) -> None:
    host = without_sctp(tmp_path)
    write(tmp_path, "lib/modprobe.d/rules.conf", f"{rule}\n")
    assert ("bars it" in found(host, "SCTP").found) == bars


def test_no_more_modules_are_taken(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    write(tmp_path, "proc/sys/kernel/modules_disabled", "1\n")
    assert "modules_disabled" in found(host, "SCTP").found


@pytest.mark.parametrize(
    ("distribution", "remedy"),
    [
        ("debian", "sudo apt install linux-image-amd64  # then boot that kernel"),
        ("ubuntu", f"sudo apt install linux-modules-extra-{RELEASE} && sudo modprobe sctp_diag"),
        ("fedora", f"sudo dnf install kernel-modules-extra-{RELEASE} && sudo modprobe sctp_diag"),
        ("arch", "sudo pacman -S linux  # then boot that kernel"),
        ("tumbleweed", "sudo zypper install kernel-default  # then boot that kernel"),
        ("other", f"install the distribution's package with the sctp module of kernel {RELEASE}"),
    ],
)
def test_the_modules_are_another_package(tmp_path: Path, distribution: str, remedy: str) -> None:
    host = without_sctp(tmp_path, distribution)
    modules(tmp_path)
    config(tmp_path, "CONFIG_IP_SCTP=m\nCONFIG_INET_SCTP_DIAG=m\nCONFIG_BPF_SYSCALL=y\n")
    assert found(host, "SCTP") == Check(
        "SCTP", BROKEN, f"kernel {RELEASE} has no sctp module on disk", remedy
    )


def test_a_kernel_built_without_sctp(tmp_path: Path) -> None:
    host = without_sctp(tmp_path, "ubuntu")
    modules(tmp_path)
    config(tmp_path, "# CONFIG_IP_SCTP is not set\n")
    check = found(host, "SCTP")
    assert check.found == f"kernel {RELEASE} was built without SCTP"
    assert check.remedy == "sudo apt install linux-image-generic  # then boot that kernel"


def test_where_there_is_no_module_of_sctp_no_right_to_load_one_is_missed(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    # Everything but CAP_SYS_MODULE.
    capabilities(tmp_path, f"{(1 << 41) - 1 & ~(1 << 16):016x}")
    assert found(host, "rights").remedy == "sudo modprobe sctp  # on the host itself"
    modules(tmp_path)
    config(tmp_path, "# CONFIG_IP_SCTP is not set\n")
    assert found(host, "rights") == Check("rights", OK, "all capabilities that are used")


def test_the_running_kernel_s_modules_were_replaced(tmp_path: Path) -> None:
    host = without_sctp(tmp_path, "arch")
    (tmp_path / f"lib/modules/{RELEASE}/modules.dep").unlink()
    for release in ("6.9.1-arch1-1", "6.10.2-arch1-1"):
        modules(tmp_path, "sctp", release=release)
    check = found(host, "SCTP")
    assert "those of 6.10.2-arch1-1 are there" in check.found
    assert str(check.remedy).startswith("sudo reboot")


def test_a_container_that_shows_no_modules(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    (tmp_path / f"lib/modules/{RELEASE}/modules.dep").unlink()
    (tmp_path / "proc/config.gz").write_bytes(b"\x1f\x8b\x08\x00damaged")
    assert found(host, "SCTP").remedy == "modprobe sctp on the host"
    assert found(host, "sctp_diag").status == HINT


def test_no_sctp_diag(tmp_path: Path) -> None:
    host = lively(tmp_path)
    loaded(tmp_path, "sctp")
    modules(tmp_path, "sctp")
    check = found(host, "sctp_diag")
    assert (check.status, check.found) == (MISSING, f"kernel {RELEASE} has no such module on disk")
    modules(tmp_path, "sctp", "sctp_diag")
    assert found(host, "sctp_diag") == Check(
        "sctp_diag", OK, "not loaded yet: the kernel loads it at the first reading"
    )
    write(tmp_path, "etc/modprobe.d/x.conf", "blacklist sctp-diag\n")
    assert str(found(host, "sctp_diag").remedy).endswith("x.conf && sudo modprobe sctp_diag")


def test_sctp_diag_is_only_asked_when_that_loads_nothing(tmp_path: Path) -> None:
    refused = SockDiagError(errno.EPERM, "not permitted to read sockets", "sudo sctptop")
    host = raising(lively(tmp_path), "ask", refused)
    assert found(host, "sctp_diag") == Check(
        "sctp_diag", MISSING, "not permitted to read sockets", "sudo sctptop"
    )
    loaded(tmp_path, "sctp")
    assert found(host, "sctp_diag").status == OK


def test_sysctls_are_hints_with_the_command(tmp_path: Path) -> None:
    host = lively(tmp_path)
    for name, value in (
        ("hb_interval", "30000"),
        ("sack_timeout", "200"),
        ("rto_min", "1000"),
        ("max_burst", "4"),
    ):
        write(tmp_path, f"proc/sys/net/sctp/{name}", f"{value}\n")
    hints = [check for check in examine(host) if check.status == HINT]
    assert [check.name for check in hints] == ["hb_interval", "sack_timeout", "rto_min", "max_burst"]
    assert hints[0].found == "30000: heartbeat RTT of an idle path every 30 s"
    assert str(hints[0].remedy).startswith("sudo sysctl net.sctp.hb_interval=1000")
    write(tmp_path, "proc/sys/net/sctp/rto_min", "100\n")
    assert "too soon" in found(host, "rto_min").found
    write(tmp_path, "proc/sys/net/sctp/hb_interval", "1000\n")
    write(tmp_path, "proc/sys/net/sctp/max_burst", "what\n")
    assert found(host, "hb_interval").status == OK
    assert "max_burst" not in {check.name for check in examine(host)}


def test_a_check_that_fails_hides_no_other(tmp_path: Path) -> None:
    host = raising(lively(tmp_path), "bcc", RuntimeError("odd\nthing"))
    assert found(host, "BCC") == Check("BCC", MISSING, "could not be checked: RuntimeError: odd thing")
    assert found(host, "BTF").status == OK
    assert found(raising(host, "bcc", NoBcc("x", "y")), "BCC").remedy == "y"


def test_os_release_is_not_needed(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    (tmp_path / "etc/os-release").unlink()
    modules(tmp_path)
    assert "distribution" in str(found(host, "SCTP").remedy)
    assert set(OS_RELEASES) >= {"debian", "ubuntu", "fedora", "arch", "tumbleweed"}
