"""The very command that the doctor prints, obeyed by an ordinary user with sudo: the next look finds it mended.

BCC's commands are proven in clean roots, those for hidden types and for SCTP itself in guests of their own
(tests/install): they need packages, or a kernel that has not loaded SCTP, which cannot be unloaded. That for missing
rights is in test_least_privilege.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.guest.rights.test_doctor import not_well
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.scenes.place import place

pytestmark = pytest.mark.skipif(
    "WHERE=vm" not in Path(os.environ.get("SCTPTOP_LAB_JOB", "/"), "settings").read_text().split(),
    reason="modules are unloaded: in a guest only",
)
RULES = "/etc/modprobe.d/hardening.conf"


@pytest.fixture
def host() -> Iterator[Host]:
    with two_hosts(prefix="mend-") as (gnb, _):
        yield gnb


def test_sctp_diag_is_barred(host: Host) -> None:
    with place(host, f"modprobe -r sctp_diag; echo install sctp_diag /bin/false >{RULES}") as here:
        before = here.doctor(user=True)
        check = before["sctp_diag"]
        assert check["status"] == "missing" and f"{RULES} bars it" in check["found"], check
        here.obey(check, user=True)
        after = here.doctor(user=True)
        assert after["sctp_diag"]["status"] == "ok", after["sctp_diag"]
        assert not_well(after) == not_well(before) - {"sctp_diag"}
        assert here.run(["cat", RULES]).stdout == "#install sctp_diag /bin/false\n"
        assert here.sample(user=True)["sources"]["sock_diag"] == "ok"
