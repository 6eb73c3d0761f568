"""Who may load probes, and what forbids it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.kernel.privilege import effective_capabilities, lockdown_mode, missing_for_probes


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
    status.write_text(f"Name:\tsctptop\nCapEff:\t{capabilities}\n")
    assert effective_capabilities(status) == int(capabilities, 16)
    missing = missing_for_probes(status, tmp_path / "none", tmp_path / "none")
    assert (missing is None) == allowed
    assert allowed or "CAP_BPF and CAP_PERFMON (try: sudo sctptop)" in str(missing)


def test_lockdown(tmp_path: Path) -> None:
    status, lockdown = tmp_path / "status", tmp_path / "lockdown"
    status.write_text("CapEff:\t000001ffffffffff\n")
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
    status.write_text("CapEff:\t000001ffffffffff\n")
    uid_map.write_text("         0          0 4294967295\n")
    assert missing_for_probes(status, tmp_path / "none", uid_map) is None
    uid_map.write_text("         0     100000      65536\n")
    assert "user namespace" in str(missing_for_probes(status, tmp_path / "none", uid_map))


def test_a_status_that_cannot_be_read_is_no_right(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("CapEff:\tnonsense\n")
    assert effective_capabilities(tmp_path / "status") == 0
    assert effective_capabilities(tmp_path / "gone") == 0
