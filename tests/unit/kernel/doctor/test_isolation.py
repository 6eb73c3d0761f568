"""What the doctor says in a container: what is hidden there, and which commands go on the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.kernel.doctor.doctor import examine
from sctptop.kernel.doctor.isolation import FIRST_PID_NAMESPACE
from sctptop.model.check import HINT
from tests.unit.kernel.doctor.hosts import lively, without_sctp, write


def pid_namespace(root: Path, name: str) -> None:
    folder = root / "proc/thread-self/ns"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pid").symlink_to(name)


def test_on_the_host_nothing_is_said(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    pid_namespace(tmp_path, FIRST_PID_NAMESPACE)
    checks = examine(host)
    assert checks[0].name == "SCTP" and checks[0].remedy == "sudo modprobe sctp"


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv", "run/systemd/container"])
def test_with_the_processes_of_the_host(tmp_path: Path, mark: str) -> None:
    host = without_sctp(tmp_path)
    pid_namespace(tmp_path, FIRST_PID_NAMESPACE)
    write(tmp_path, mark, "")
    first, second, *_ = examine(host)
    assert (first.name, first.status, first.remedy) == ("container", HINT, None)
    assert "the host's" in first.found
    assert second.remedy == "sudo modprobe sctp  # on the host itself"


def test_without_them_it_says_how_to_see_them(tmp_path: Path) -> None:
    host = lively(tmp_path)
    pid_namespace(tmp_path, "pid:[4026533001]")
    first = examine(host)[0]
    assert first.name == "container" and "alone are seen" in first.found
    assert first.remedy == "start it with --pid=host; in Kubernetes hostPID: true"
