"""Who may load probes, and what forbids it."""

from __future__ import annotations

import errno
from functools import partial
from pathlib import Path

import pytest

from sctptop.kernel.host import perf_event, privilege
from sctptop.kernel.host.privilege import held_capabilities, lockdown_mode
from sctptop.kernel.host.sudo import as_root

missing_for_probes = partial(privilege.missing_for_probes, refused=lambda: None)
"""Whoever runs the tests may have no perf events at all."""


@pytest.mark.parametrize(
    ("capabilities", "allowed"),
    [
        ("000001ffffffffff", True),
        ("000000c000000000", True),
        ("0000008000000000", False),
        ("0000000000200000", True),
        ("0000000000000000", False),
    ],
)
def test_root_or_both_capabilities(tmp_path: Path, capabilities: str, allowed: bool) -> None:
    status = tmp_path / "status"
    status.write_text(f"Name:\tsctptop\nCapPrm:\t{capabilities}\n")
    assert held_capabilities(status) == int(capabilities, 16)
    missing = missing_for_probes(status, tmp_path / "none", tmp_path / "none")
    assert (missing is None) == allowed
    assert allowed or "CAP_BPF and CAP_PERFMON (try: sudo sctptop)" in str(missing)


def test_lockdown(tmp_path: Path) -> None:
    status, lockdown = tmp_path / "status", tmp_path / "lockdown"
    status.write_text("CapPrm:\t000001ffffffffff\n")
    lockdown.write_text("none [integrity] confidentiality\n")
    assert missing_for_probes(status, lockdown, tmp_path / "none") is None
    lockdown.write_text("none integrity [confidentiality]\n")
    assert "lockdown" in str(missing_for_probes(status, lockdown, tmp_path / "none"))


@pytest.mark.parametrize(
    ("text", "mode"),
    [("[none] integrity confidentiality\n", "none"), ("none [integrity]", "integrity"), ("", None)],
)
def test_the_mode_of_lockdown(tmp_path: Path, text: str, mode: str | None) -> None:
    (tmp_path / "lockdown").write_text(text)
    assert lockdown_mode(tmp_path / "lockdown") == mode
    assert lockdown_mode(tmp_path / "gone") is None


def test_root_of_a_user_namespace_is_no_root(tmp_path: Path) -> None:
    status, uid_map = tmp_path / "status", tmp_path / "uid_map"
    status.write_text("CapPrm:\t000001ffffffffff\n")
    uid_map.write_text("         0          0 4294967295\n")
    assert missing_for_probes(status, tmp_path / "none", uid_map) is None
    uid_map.write_text("         0     100000      65536\n")
    assert "user namespace" in str(missing_for_probes(status, tmp_path / "none", uid_map))


def test_a_status_that_cannot_be_read_is_no_right(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("CapPrm:\tnonsense\n")
    assert held_capabilities(tmp_path / "status") == 0
    assert held_capabilities(tmp_path / "gone") == 0


@pytest.mark.parametrize(
    ("code", "level", "words"),
    [
        (0, "4", None),
        (errno.ENOSYS, "4", None),
        (errno.EACCES, "3", "paranoid 3 this kernel wants CAP_SYS_ADMIN"),
        (errno.EPERM, "2", "in a container"),
        (errno.EPERM, "what", "in a container"),
    ],
)
def test_a_kernel_that_keeps_perf_events_to_itself(
    tmp_path: Path, code: int, level: str, words: str | None
) -> None:
    (tmp_path / "paranoid").write_text(f"{level}\n")
    (tmp_path / "status").write_text("CapPrm:\t000000c000000000\n")
    missing = privilege.missing_for_probes(
        tmp_path / "status",
        tmp_path / "none",
        tmp_path / "none",
        partial(perf_event.refusal, lambda: code, tmp_path / "paranoid"),
    )
    assert (words is None and missing is None) or (words and words in str(missing))
    assert words is None or not words.startswith("paranoid") or "perf_event_paranoid=2)" in str(missing)


def test_what_is_lacked_beside_probes_and_only_when_it_is_used() -> None:
    everything = 0x1FFFFFFFFFF
    assert privilege.missing_capabilities(everything, needs_modules=True) == []
    both = everything & ~(1 << privilege.SYS_PTRACE | 1 << privilege.SYS_MODULE)
    (owners,) = privilege.missing_capabilities(both, needs_modules=False)
    assert owners.endswith("the owners of others' sockets")
    assert len(privilege.missing_capabilities(both, needs_modules=True)) == 2


@pytest.mark.parametrize(
    ("program", "package", "command"),
    [
        ("/usr/local/bin/sctptop", "/opt/sctptop/lib/python3.13/site-packages/sctptop", "sudo sctptop"),
        (
            "/home/me/x/bin/sctptop",
            "/home/me/x/lib/python3.13/site-packages/sctptop",
            "sudo /home/me/x/bin/sctptop",
        ),
        (
            "/home/me/.local/bin/sctptop",
            "/home/me/.local/lib/python3.13/site-packages/sctptop",
            "sudo PYTHONUSERBASE=/home/me/.local /home/me/.local/bin/sctptop",
        ),
        ("/usr/bin/pytest", "/srv/sctptop/sctptop", "sudo sctptop"),
    ],
)
def test_the_command_that_works_with_sudo(program: str, package: str, command: str) -> None:
    assert as_root(program, Path(package), "/home/me/.local") == command


def test_the_command_of_a_checkout_and_of_a_venv_in_local(tmp_path: Path) -> None:
    package = tmp_path / "sctptop"
    assert as_root(str(package / "__main__.py"), package, "/home/me/.local").endswith(" -m sctptop")
    venv = tmp_path / ".local/share/uv/tools/sctptop"
    (venv / "lib/python3.13/site-packages/sctptop").mkdir(parents=True)
    (venv / "pyvenv.cfg").touch()
    script = str(tmp_path / ".local/bin/sctptop")
    package = venv / "lib/python3.13/site-packages/sctptop"
    assert as_root(script, package, str(tmp_path / ".local")) == f"sudo {script}"
