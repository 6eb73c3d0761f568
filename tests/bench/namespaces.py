"""What network namespaces cost a reading: many idle ones, some processes, and two that talk, in the lab.

python -m tests.bench.namespaces [N]        # default 50 namespaces, a process in each
"""

from __future__ import annotations

import subprocess
import sys

from sctptop.kernel.live import LiveSource
from sctptop.kernel.namespaces.held_netns import HeldNamespaces
from sctptop.kernel.namespaces.netns import Namespaces
from sctptop.kernel.reading.all_namespaces import Everywhere
from sctptop.model.selection import OWN_NAMESPACE
from tests.bench.timing import best_of
from tests.lab.machine import run as machine
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic

REPEAT = 5
COUNT = 50


def rows(count: int) -> list[tuple[str, float]]:
    """Milliseconds by what was done; first the peer: a shell that asks ss in each namespace."""
    loop = "for n in $(ip netns list | cut -d' ' -f1); do ip netns exec $n ss -S -a -n >/dev/null; done"
    shell = ["sh", "-c", loop]
    found = [("ip netns exec … ss -S, each in turn", best_of(lambda: subprocess.run(shell, check=True), 1))]
    own, all_of_them = LiveSource(netns=OWN_NAMESPACE), LiveSource()
    for source in (own, all_of_them):
        source.read()
    everywhere, fresh = Everywhere(), Namespaces()
    everywhere.read()

    def look() -> None:
        # Beyond its share of the time no look would be made.
        fresh._not_before = 0.0
        fresh.look()

    known, held = Namespaces().look(), HeldNamespaces(everywhere._listed)
    found += [
        ("reading our own namespace", best_of(own.read, REPEAT)),
        (f"reading all {count + 3}", best_of(all_of_them.read, REPEAT)),
        ("  of which the look at processes and mounts", best_of(look, REPEAT)),
        ("  of which entering and reading", best_of(everywhere.read, REPEAT)),
        ("once a minute: a look at all sockets", best_of(lambda: held.look(known), REPEAT)),
    ]
    own.close()
    all_of_them.close()
    return found


def in_the_lab(count: int) -> int:
    """Measure, and print the table."""
    names = [f"idle{number}" for number in range(count)]
    for name in names:
        subprocess.run(["ip", "netns", "add", name], check=True)
    sleepers = [subprocess.Popen(["ip", "netns", "exec", name, "sleep", "1000"]) for name in names]
    with (
        two_hosts() as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--period", "0.1"),
    ):
        measured = rows(count)
    print(
        f"best of {REPEAT}, milliseconds: {count} idle namespaces with a process each, two that talk, our own"
    )
    for name, seconds in measured:
        print(f"{name:46}{seconds * 1000:>10.2f}")
    for sleeper in sleepers:
        sleeper.kill()
        sleeper.wait()
    for name in names:
        subprocess.run(["ip", "netns", "delete", name], check=True)
    return 0


def main() -> int:
    """Go to the lab unless this is it."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    if "--in-the-lab" in sys.argv:
        return in_the_lab(numbers[0] if numbers else COUNT)
    print(f"where: {machine.where()}", flush=True)
    return machine.carry_module("tests.bench.namespaces", sys.argv[1:], timeout=1200)


if __name__ == "__main__":
    sys.exit(main())
