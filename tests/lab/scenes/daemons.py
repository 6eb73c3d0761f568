"""Real daemons in hosts of their own: Diameter between two freeDiameterd, M3UA of OsmoBSC and OsmoMSC to OsmoSTP."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.machine import daemons
from tests.lab.scenes.hosts import Host, run, two_hosts

DIAMETER = """\
Identity = "{name}.lab.example";
Realm = "lab.example";
No_TCP; No_IPv6;
TwTimer = 6; TcTimer = 5;
{listen}
TLS_Cred = "{folder}/{name}.pem", "{folder}/{name}.key";
TLS_CA = "{folder}/{name}.pem";
ConnectPeer = "{peer}.lab.example" {{ ConnectTo = "{to}"; No_TLS; }};
"""
STP = """\
cs7 instance 0
 xua rkm routing-key-allocation dynamic-permitted
 listen m3ua 2905
  local-ip {stp}
  accept-asp-connections dynamic-permitted
"""
ASP = """\
cs7 instance 0
 point-code {code}
 asp asp-{name} 2905 0 m3ua
  remote-ip {stp}
  local-ip {own}
  role asp
  sctp-role client
 as as-{name} m3ua
  asp asp-{name}
  routing-key {key} {code}
"""
BSC = """\
network
 network country code 1
 mobile network code 1
"""
MSC = """\
network
 network country code 1
 mobile network code 1
msc
 mncc internal
"""


@dataclass
class Daemons:
    """The hosts by name, and what runs in each."""

    hosts: dict[str, Host] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    logs: dict[str, Path] = field(default_factory=dict)


def start(folder: Path, stack: ExitStack) -> Daemons:
    """Starts all of them; `folder` for configurations and logs."""
    environment = daemons.environment(daemons.ensure())
    found = Daemons()
    a, b = stack.enter_context(two_hosts(("a", "b"), links=2, prefix="diameter-", subnet=60))
    bsc, stp = stack.enter_context(two_hosts(("bsc", "stp"), prefix="m3ua-", subnet=61))
    found.hosts |= {"diameter-a": a, "diameter-b": b, "bsc": bsc, "stp": stp}
    for name, host, peer, to in (("a", a, "b", b.ipv4[0]), ("b", b, "a", a.ipv4[0])):
        _certificate(folder, name)
        listen = " ".join(f'ListenOn = "{address}";' for address in host.ipv4)
        text = DIAMETER.format(name=name, listen=listen, folder=folder, peer=peer, to=to)
        _run(found, stack, f"diameter-{name}", host, ["freeDiameterd", "-c"], text, folder, environment)
    _run(found, stack, "stp", stp, ["osmo-stp", "-c"], STP.format(stp=stp.ipv4[0]), folder, environment)
    for name, program, code, key, more in (
        ("bsc", "osmo-bsc", "0.23.3", 3, BSC),
        ("msc", "osmo-msc", "0.23.1", 1, MSC),
    ):
        text = ASP.format(name=name, stp=stp.ipv4[0], own=bsc.ipv4[0], code=code, key=key) + more
        _run(found, stack, name, bsc, [program, "-c"], text, folder, environment)
    return found


def _certificate(folder: Path, name: str) -> None:
    subject = ["-subj", f"/CN={name}.lab.example", "-days", "30", "-nodes"]
    files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    run(["openssl", "req", "-x509", *curve, *subject, *files])


def _run(
    found: Daemons,
    stack: ExitStack,
    name: str,
    host: Host,
    command: Sequence[str],
    text: str,
    folder: Path,
    environment: Mapping[str, str],
) -> None:
    config, log = folder / f"{name}.conf", folder / f"{name}.log"
    config.write_text(text)
    output = stack.enter_context(log.open("w"))
    process = host.popen([*command, str(config)], env=environment, stdout=output, stderr=output, cwd=folder)
    found.processes[name], found.logs[name] = process, log
    stack.callback(process.wait)
    stack.callback(process.kill)
