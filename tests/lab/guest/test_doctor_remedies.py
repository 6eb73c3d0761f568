"""The very command that the doctor prints, obeyed by an ordinary user with sudo: the next look finds it mended.

BCC's commands are proven in clean roots and that for hidden types in a guest of its own (tests/install): both need
packages. That for missing rights is in test_least_privilege.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.hosts import Host, two_hosts
from tests.lab.place import Place, place

pytestmark = pytest.mark.skipif(
    "WHERE=vm" not in Path(os.environ.get("SCTPTOP_LAB_JOB", "/"), "settings").read_text().split(),
    reason="modules are unloaded: in a guest only",
)
UNLOAD = "modprobe -r sctp_diag sctp"
RULES = "/etc/modprobe.d/hardening.conf"


@pytest.fixture
def host() -> Iterator[Host]:
    with two_hosts(prefix="mend-") as (gnb, _):
        yield gnb


def obeyed(here: Place, name: str, status: str, words: str) -> None:
    """The check is as bad as that and says so; after its command it is well, and nothing else got worse."""
    before = here.doctor(user=True)
    check = before[name]
    assert check["status"] == status and words in check["found"], check
    print(check["found"], "|", check["remedy"])
    here.obey(check, user=True)
    after = here.doctor(user=True)
    assert after[name]["status"] == "ok", after[name]
    worse = {key for key in before if after[key]["status"] not in ("ok", "hint", before[key]["status"])}
    assert worse == set()


def test_sctp_is_not_loaded(host: Host) -> None:
    with place(host, UNLOAD) as here:
        obeyed(here, "SCTP", "broken", "the sctp module is not loaded")


def test_sctp_is_barred_as_on_a_hardened_host(host: Host) -> None:
    with place(host, f"{UNLOAD}; printf 'install sctp /bin/false\\nblacklist sctp_diag\\n' >{RULES}") as here:
        obeyed(here, "SCTP", "broken", f"{RULES} bars it")
        assert here.doctor(user=True)["sctp_diag"]["status"] == "ok"
        assert here.run(["cat", RULES]).stdout == "#install sctp /bin/false\n#blacklist sctp_diag\n"


def test_sctp_diag_is_barred(host: Host) -> None:
    with place(host, f"modprobe -r sctp_diag; echo install sctp_diag /bin/false >{RULES}") as here:
        obeyed(here, "sctp_diag", "missing", f"{RULES} bars it")
        assert here.sample(user=True)["sources"]["sock_diag"] == "ok"
