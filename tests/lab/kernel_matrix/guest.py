"""What the kernel matrix wants to know of a kernel, asked in the guest as one JSON object on stdout.

__main__.py starts it there.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from sctptop.kernel.program import find_bcc
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.patience import load_s

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
        found["json"] = _once_probes_are_on(gnb)
        found["no_btf"] = _sctptop(gnb, "--json", "-n", "2", "--netns", "self", before=HIDE_BTF)
    return found


def _sctptop(host: Host, *options: str, before: str = "true") -> dict[str, object]:
    # `ip netns exec` gives each command mounts of its own.
    command = ["sh", "-c", f'{before} && exec "$@"', "sh", sys.executable, "-m", "sctptop", *options]
    done = host.run(command, timeout=load_s(), check=False)
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def _once_probes_are_on(host: Host) -> dict[str, object]:
    """The same of --json: its last two samples. It begins without probes where compiling takes minutes."""
    command = [sys.executable, "-m", "sctptop", "--json", "--netns", "self"]
    with tempfile.TemporaryFile("w+") as said:
        process = host.popen(command, stdout=subprocess.PIPE, stderr=said)
        guard = threading.Timer(load_s(), process.kill)
        guard.start()
        lines: list[str] = []
        settled = 0
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            settled += json.loads(line)["sources"]["bpf"] != "compiling"
            if settled == 2:
                # As Ctrl-C does.
                process.send_signal(signal.SIGINT)
                break
        process.communicate()
        code = process.returncode
        guard.cancel()
        said.seek(0)
        return {"code": code, "stdout": "".join(lines[-2:]), "stderr": said.read()}


if __name__ == "__main__":
    print(json.dumps(facts()), flush=True)
