"""What the doctor says in a container: what is hidden there, and which commands go on the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.kernel.doctor.doctor import examine
from sctptop.kernel.doctor.isolation import FIRST_OTHERS, FIRST_PID_NAMESPACE, told_of_host
from sctptop.model.check import HINT, MISSING, Check
from tests.unit.kernel.doctor.hosts import lively, without_sctp, write


def namespaces(root: Path, *names: str) -> None:
    """As /proc tells them: "pid:[4026531836]"."""
    folder = root / "proc/thread-self/ns"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name.partition(":")[0]).symlink_to(name)


def test_on_the_host_nothing_is_said(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    namespaces(tmp_path, FIRST_PID_NAMESPACE)
    checks = examine(host)
    assert checks[0].name == "SCTP" and checks[0].remedy == "sudo modprobe sctp"


def test_a_machine_made_of_a_container_s_image_is_none(tmp_path: Path) -> None:
    host = without_sctp(tmp_path)
    namespaces(tmp_path, FIRST_PID_NAMESPACE, *FIRST_OTHERS)
    write(tmp_path, ".dockerenv", "")
    checks = examine(host)
    assert checks[0].name == "SCTP" and checks[0].remedy == "sudo modprobe sctp"


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv", "run/systemd/container"])
def test_with_the_processes_of_the_host(tmp_path: Path, mark: str) -> None:
    host = without_sctp(tmp_path)
    namespaces(tmp_path, FIRST_PID_NAMESPACE, "ipc:[4026533002]", *FIRST_OTHERS[1:])
    write(tmp_path, mark, "")
    first, second, *_ = examine(host)
    assert (first.name, first.status, first.remedy) == ("container", HINT, None)
    assert "the host's" in first.found
    assert second.remedy == "sudo modprobe sctp  # on the host itself"


def test_without_them_it_says_how_to_see_them(tmp_path: Path) -> None:
    host = lively(tmp_path)
    namespaces(tmp_path, "pid:[4026533001]")
    first = examine(host)[0]
    assert first.name == "container" and "alone are seen" in first.found
    assert first.remedy == "start it with --pid=host; in Kubernetes hostPID: true"


def test_a_command_stays_one_that_can_be_pasted() -> None:
    given = ("sed 's/^/#&/' /etc/x && modprobe sctp_diag", "sysctl a=2  # until the next start")
    told = told_of_host([Check("sctp_diag", MISSING, "barred", remedy) for remedy in given])
    assert [check.remedy for check in told] == [
        "sed 's/^/#&/' /etc/x && modprobe sctp_diag  # on the host itself",
        "sysctl a=2  # until the next start, on the host itself",
    ]
