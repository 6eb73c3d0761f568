"""What a restart of an association looks like from the end that did not restart. Runs in the lab as root."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.lab.scenes.hosts import Host, clear, impair, read_proc
from tests.lab.traffic.process import Traffic, traffic


def test_a_restart_changes_the_tags(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0]) as server,
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--local-port", "40000") as client,
    ):
        before = _seen_by(amf, server)
        impair(gnb, loss_percent=100)
        assert client.ask("vanish") == {"done": 1, "failed": 0}
        clear(gnb)
        client.ask("reconnect")
        deadline = time.monotonic() + 30
        while not (after := _changed(_seen_by(amf, server), before)) and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"before {before}\nafter  {after}")
        assert after, "the server still shows the old association"
        assert after["tag"] != before["tag"]
        assert after["ptag"] != before["ptag"]
        for unchanged in ("ports", "assoc_id", "sock", "inode"):
            assert after[unchanged] == before[unchanged]


def _changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return now if (now["tag"], now["ptag"]) != (before["tag"], before["ptag"]) else {}


def _seen_by(host: Host, owner: Traffic) -> dict[str, Any]:
    """Identity of the host's only association: tags of sock_diag (through ss), ids and inode of /proc."""
    shown = host.run(["ss", "-S", "-a", "-n", "-i", "-H"]).stdout
    lines = [line for line in shown.splitlines() if "ptag:" in line]
    tags = dict(word.split(":", 1) for word in lines[0].split() if re.match(r"p?tag:", word))
    row = read_proc(host, "sctp/assocs").splitlines()[1].split()
    ids = {"assoc": row[0], "sock": row[1], "assoc_id": row[6], "inode": row[10], "ports": row[11:13]}
    return {**tags, **ids, "count": len(lines), "getsockopt_id": owner.associations()[0]["assoc_id"]}
