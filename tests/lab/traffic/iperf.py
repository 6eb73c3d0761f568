"""iperf3 over SCTP between the two hosts: traffic of a program that is not ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.lab.problems import lab_error
from tests.lab.scenes.hosts import Host


@contextmanager
def iperf_server(host: Host, address: str, port: int = 5201) -> Iterator[subprocess.Popen[str]]:
    """An iperf3 server in `host`, listening when the block begins. Its control connection is TCP."""
    command = ["iperf3", "--server", "--bind", address, "--port", str(port), "--forceflush"]
    process = host.popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "listening" in line:
                break
        else:
            raise lab_error("iperf3", "the server ended", "apt-get install iperf3, in the lab")
        yield process
    finally:
        process.kill()
        process.wait()


def iperf_client(host: Host, address: str, port: int = 5201, *, seconds: int = 5) -> subprocess.Popen[str]:
    """Starts `seconds` of iperf3 --sctp from `host`; hand the result to `iperf_report`."""
    command = ["iperf3", "--sctp", "--client", address, "--port", str(port), "--time", str(seconds), "--json"]
    return host.popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def iperf_report(client: subprocess.Popen[str], *, timeout: float = 120) -> dict[str, Any]:
    """Waits for the client's end and returns iperf3's JSON; LabError when it has an `error`."""
    report: dict[str, Any] = json.loads(client.communicate(timeout=timeout)[0])
    if "error" in report:
        raise lab_error("iperf3", report["error"], "an SCTP kernel and a listening server")
    return report
