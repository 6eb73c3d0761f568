"""What ss, netstat and nstat say in a host, as values to compare sctptop with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.lab.scenes.hosts import Host

SS = ["ss", "-S", "-a", "-n", "-i", "-m", "-e", "-o", "-O", "-H"]


@dataclass(frozen=True)
class SsLine:
    """One association as ss prints it. Words it leaves out are zero: it suppresses zeros."""

    state: str
    recv_queue: int
    send_queue: int
    local_port: int
    remote_port: int
    words: dict[str, str]
    memory: dict[str, int]
    timer: tuple[str, str, int] | None

    def number(self, word: str, base: int = 10) -> int:
        return int(self.words.get(word, "0"), base)

    def addresses(self, word: str) -> set[str]:
        return set(self.words[word].split(","))


def ss_associations(host: Host) -> dict[int, SsLine]:
    """Associations by their own verification tag."""
    return parse_ss(host.run(SS).stdout)


def parse_ss(text: str) -> dict[int, SsLine]:
    """What SS printed, by verification tag."""
    found = {}
    for line in text.splitlines():
        # While associations come and go ss also prints endpoints as if they were associations: without tags.
        if not line.startswith("`- ") or " tag:" not in line:
            continue
        state, recv_queue, send_queue, local, remote, rest = line[3:].split(None, 5)
        words = dict(re.findall(r"(?<!\S)([a-z0-9]+):([^\s(]\S*)", rest))
        memory = {name: int(number) for name, number in re.findall(r"([a-z]+)(\d+)", _skmem(rest))}
        found[int(words["tag"], 16)] = SsLine(
            "ESTABLISHED" if state == "ESTAB" else state,
            int(recv_queue),
            int(send_queue),
            int(local.rpartition(":")[2]),
            int(remote.rpartition(":")[2]),
            words,
            memory,
            _timer(rest),
        )
    return found


def _skmem(text: str) -> str:
    match = re.search(r"skmem:\(([^)]*)\)", text)
    assert match is not None, text
    return match[1]


def _timer(text: str) -> tuple[str, str, int] | None:
    """Name, time left, and retransmissions in the eight bits of idiag_retrans."""
    match = re.search(r"timer:\(([^,]+),([^,]+),(\d+)\)", text)
    return (match[1], match[2], int(match[3])) if match else None


def netstat_associations(host: Host) -> list[tuple[int, int, int, int, str]]:
    """(Recv-Q, Send-Q, local port, remote port, state) of each association in ``netstat -S -n``."""
    found = []
    for line in host.run(["netstat", "-S", "-n"]).stdout.splitlines():
        words = line.split()
        if not words or words[0] != "sctp":
            continue
        local, remote = (int(word.rpartition(":")[2]) for word in words[3:5])
        found.append((int(words[1]), int(words[2]), local, remote, words[5]))
    return found


def nstat(host: Host, *options: str) -> dict[str, int]:
    """The SCTP counters of ``nstat``; absolute values, or with -s and a history the gain since the last call."""
    text = host.run(["nstat", *options, "Sctp*"]).stdout
    rows = (line.split() for line in text.splitlines())
    return {row[0]: int(row[1]) for row in rows if row and row[0].startswith("Sctp")}
