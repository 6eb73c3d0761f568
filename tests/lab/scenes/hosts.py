"""Two hosts as network namespaces, joined by veth pairs; IPv4 and IPv6 on each link, at once usable.

    with two_hosts(links=2) as (gnb, amf):
        impair(gnb, delay_ms=7)                  # what gnb sends on its first link
        gnb.run(["ping", "-c1", amf.ipv4[0]])
        with inside(amf):
            listener = socket.socket(...)        # this thread's sockets belong to amf

Root only. Everything is gone when the block ends, processes of the hosts included.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from tests.lab.problems import lab_error

CLONE_NEWNET = 0x40000000


@dataclass(frozen=True)
class Host:
    """One end. `ipv4[i]` and `ipv6[i]` are its addresses on link `i`, whose interface is `interfaces[i]`."""

    name: str
    namespace: str
    interfaces: tuple[str, ...]
    ipv4: tuple[str, ...]
    ipv6: tuple[str, ...]

    def command(self, argv: Sequence[str]) -> list[str]:
        """`argv` as a command that runs in this host."""
        return ["ip", "netns", "exec", self.namespace, *argv]

    def run(
        self, argv: Sequence[str], *, timeout: float = 60, check: bool = True, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs `argv` here to its end; raises LabError when it fails and `check` is on."""
        return run(self.command(argv), timeout=timeout, check=check, stdin=stdin)

    def popen(self, argv: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        """Starts `argv` here, in text mode; ends at the latest with the host."""
        return subprocess.Popen(self.command(argv), text=True, **options)


@contextmanager
def two_hosts(
    names: tuple[str, str] = ("gnb", "amf"), *, links: int = 1, prefix: str = "", subnet: int = 9
) -> Iterator[tuple[Host, Host]]:
    """Makes two hosts with `links` veth pairs between them; the first has the addresses .1, the second .2.

    Link `i` is 10.SUBNET.i.0/24 and fd00:SUBNET:i::/64. `prefix` keeps the namespaces of several pairs apart.
    """
    pair = (
        _host(prefix, names[0], links, subnet, 1),
        _host(prefix, names[1], links, subnet, 2),
    )
    try:
        for host in pair:
            run(["ip", "netns", "add", host.namespace])
            host.run(["ip", "link", "set", "lo", "up"])
        for link in range(links):
            _join(pair[0], pair[1], link)
        _wait_for_carrier(pair)
        yield pair
    finally:
        for host in pair:
            remove(host)


def _host(prefix: str, name: str, links: int, subnet: int, number: int) -> Host:
    return Host(
        name,
        prefix + name,
        tuple(f"eth{link}" for link in range(links)),
        tuple(f"10.{subnet}.{link}.{number}" for link in range(links)),
        tuple(str(ip_address(f"fd00:{subnet}:{link}::{number}")) for link in range(links)),
    )


def _join(left: Host, right: Host, link: int) -> None:
    device, other = left.interfaces[link], right.interfaces[link]
    ends = ["netns", left.namespace, "type", "veth", "peer", "name", other, "netns", right.namespace]
    run(["ip", "link", "add", "name", device, *ends])
    for host in (left, right):
        # Without nodad an IPv6 address is tentative for a second, and bind() fails with EADDRNOTAVAIL.
        batch = f"address add {host.ipv4[link]}/24 dev {host.interfaces[link]}\n"
        batch += f"address add {host.ipv6[link]}/64 dev {host.interfaces[link]} nodad\n"
        batch += f"link set {host.interfaces[link]} up\n"
        run(["ip", "-n", host.namespace, "-batch", "-"], stdin=batch)


def _wait_for_carrier(hosts: Sequence[Host]) -> None:
    deadline = time.monotonic() + 10
    for host in hosts:
        while host.interfaces and time.monotonic() < deadline:
            shown = host.run(
                ["cat", *(f"/sys/class/net/{name}/operstate" for name in host.interfaces)]
            ).stdout
            if set(shown.split()) == {"up"}:
                break
            time.sleep(0.05)


def remove(host: Host) -> None:
    """Ends every process of the host and deletes its namespace; never fails."""
    with contextlib.suppress(LookupError, OSError, subprocess.SubprocessError):
        for word in run(["ip", "netns", "pids", host.namespace], check=False).stdout.split():
            if int(word) != os.getpid():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(word), signal.SIGKILL)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        run(["ip", "netns", "delete", host.namespace], check=False)


def impair(
    host: Host,
    link: int = 0,
    *,
    delay_ms: float = 0,
    jitter_ms: float = 0,
    loss_percent: float = 0,
    rate: str | None = None,
    limit: int = 10_000,
) -> None:
    """What `host` sends on `link` is late, lost or slow from now on; replaces what was set before.

    `rate` as tc writes it ("10mbit"). `limit`: packets netem may hold.
    """
    netem = ["netem", "limit", str(limit)]
    if delay_ms or jitter_ms:
        netem += ["delay", f"{delay_ms}ms", *([f"{jitter_ms}ms"] if jitter_ms else [])]
    if loss_percent:
        netem += ["loss", f"{loss_percent}%"]
    if rate:
        netem += ["rate", rate]
    host.run(["tc", "qdisc", "replace", "dev", host.interfaces[link], "root", *netem])


def clear(host: Host, link: int = 0) -> None:
    """Takes every impairment off what `host` sends on `link`."""
    host.run(["tc", "qdisc", "delete", "dev", host.interfaces[link], "root"], check=False)


def set_link(host: Host, link: int, up: bool) -> None:
    """Switches one end of a link; down fails the path for both, up brings its addresses back."""
    device = host.interfaces[link]
    # An interface that goes down loses its IPv6 addresses unless told to keep them.
    sysctl(host, f"net.ipv6.conf.{device}.keep_addr_on_down", 1)
    host.run(["ip", "link", "set", device, "up" if up else "down"])


def sysctl(host: Host, name: str, value: int | str) -> None:
    """Sets a sysctl of this host only, e.g. `net.sctp.hb_interval` (ms)."""
    with inside(host):
        # A sysctl file answers for the namespace of the thread that opens it.
        Path("/proc/sys", *name.split(".")).write_text(f"{value}\n")


@contextmanager
def inside(host: Host) -> Iterator[None]:
    """The calling thread is in the host's network for the block; sockets made there stay there for good.

    /proc/net of other threads is unchanged: read /proc/thread-self/net/… in the block.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    with (
        Path("/proc/thread-self/ns/net").open() as before,
        Path("/run/netns", host.namespace).open() as target,
    ):
        _setns(libc, target.fileno())
        try:
            yield
        finally:
            _setns(libc, before.fileno())


def _setns(libc: ctypes.CDLL, descriptor: int) -> None:
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def read_proc(host: Host, name: str) -> str:
    """The text of /proc/net/NAME as the host sees it, e.g. "sctp/assocs"."""
    with inside(host):
        return Path("/proc/thread-self/net", name).read_text()


def run(
    argv: Sequence[str], *, timeout: float = 60, check: bool = True, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `argv` in no host; raises LabError when it fails and `check` is on."""
    try:
        done = subprocess.run(
            argv, input=stdin or "", capture_output=True, text=True, timeout=timeout, check=False
        )
    except FileNotFoundError:
        raise lab_error(argv[0], "not found", "install the packages of tests/lab/packages.txt") from None
    if check and done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        why = lines[-1] if lines else f"exit code {done.returncode}"
        raise lab_error(" ".join(argv), why, "running as root on an SCTP kernel: python -m tests.lab.machine")
    return done
