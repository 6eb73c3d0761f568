"""The doctor on a real kernel: all well, and the right diagnosis where something is taken away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.guest.commands.test_command_line import NO_CAPABILITIES
from tests.lab.guest.trouble.test_probe_trouble import HIDE_BCC
from tests.lab.scenes.hosts import Host, two_hosts

DOCTOR = [sys.executable, "-m", "sctptop", "doctor"]


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with two_hosts(prefix="doc-") as (gnb, _):
        yield gnb


def examined(
    host: Host, *, before: str = "true", wrapper: tuple[str, ...] = (), **environment: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and the checks by name, after ``before`` in a mount namespace of its own."""
    shell = f'{before}; exec "$@"'
    command = host.command(
        ["unshare", "--mount", "bash", "-ec", shell, "doctor", *wrapper, *DOCTOR, "--json"]
    )
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, **environment}, check=False
    )
    assert done.stderr == ""
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def not_well(checks: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, check in checks.items() if check["status"] in ("missing", "broken")} - {"terminal"}


def test_all_is_well_here(host: Host) -> None:
    code, checks = examined(host)
    assert (code, not_well(checks)) == (0, set()), checks
    assert checks["SCTP"]["status"] == "ok" and checks["BTF"]["found"].endswith(("sctp", "vmlinux"))
    done = host.run(DOCTOR)
    print(done.stdout)
    assert done.stdout.splitlines()[-1] == "All is there: sctptop shows everything live."


def test_what_is_taken_away_is_named_with_its_remedy(host: Host, tmp_path: Path) -> None:
    code, checks = examined(host, before=HIDE_BCC)
    assert (code, not_well(checks)) == (1, {"BCC"})
    assert checks["BCC"]["remedy"] == "sudo apt install python3-bpfcc"
    (tmp_path / "bcc").mkdir()
    (tmp_path / "bcc" / "__init__.py").write_text("class Lattice: pass\n")
    code, checks = examined(host, before=HIDE_BCC, PYTHONPATH=str(tmp_path))
    assert (code, not_well(checks)) == (1, {"BCC"}) and "PyPI" in checks["BCC"]["found"]
    code, checks = examined(host, before="mount -t tmpfs none /sys/kernel/btf")
    assert (code, not_well(checks)) == (1, {"BTF"})
    assert "sudo apt install linux-headers-" in checks["BTF"]["remedy"]
    code, checks = examined(host, wrapper=tuple(NO_CAPABILITIES))
    assert (code, not_well(checks)) == (1, {"rights"})
    assert checks["rights"]["remedy"] == f"sudo {sys.executable} -m sctptop"
