"""What the kernel matrix wants to know of a kernel, asked in the guest as one JSON object on stdout.

__main__.py starts it there.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

from sctptop.kernel.program import find_bcc
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.traffic.process import traffic

PATIENCE_S = float(os.environ.get("SCTPTOP_LAB_PATIENCE_S", "300"))
BTF = Path("/sys/kernel/btf")
HIDE_BTF = f"mount -t tmpfs none {BTF}"
"""Makes the kernel one that was built without the description of its types."""


def facts() -> dict[str, object]:
    """Versions, and what sctptop says beside one association."""
    try:
        bcc = str(getattr(find_bcc.load(), "__version__", "unknown"))
    except find_bcc.NoBcc as error:
        bcc = str(error)
    found: dict[str, object] = {
        "release": os.uname().release,
        "btf": [name for name in ("vmlinux", "sctp") if (BTF / name).exists()],
        "python": platform.python_version(),
        "bcc": bcc,
    }
    with (
        two_hosts(prefix="matrix-") as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--period", "0.2"),
    ):
        found["probes"] = _sctptop(gnb, "--probes", "-d", "3")
        found["json"] = _sctptop(gnb, "--json", "-n", "2", "--netns", "self")
        found["no_btf"] = _sctptop(gnb, "--json", "-n", "2", "--netns", "self", before=HIDE_BTF)
    return found


def _sctptop(host: Host, *options: str, before: str = "true") -> dict[str, object]:
    # `ip netns exec` gives each command mounts of its own.
    command = ["sh", "-c", f'{before} && exec "$@"', "sh", sys.executable, "-m", "sctptop", *options]
    done = host.run(command, timeout=PATIENCE_S, check=False)
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


if __name__ == "__main__":
    print(json.dumps(facts()), flush=True)
