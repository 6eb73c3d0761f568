"""Messages of several chunks, chunks sent again, and messages that wait for others: each against tcpdump."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sctptop.model.event import Event
from tests.lab.guest.probes.talk import Talk, talk, uplink
from tests.lab.guest.probes.wire import BEGIN, END, Capture, Chunk
from tests.lab.scenes.hosts import Host, clear, impair
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

TRIES = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: one of so many tries
must be told without a gap."""
NEAR_NS = 25_000_000
"""What an emulated machine may put between a probe and tcpdump."""
ENOUGH = 8
"""Chunks sent again that tell right from chance; loss is drawn."""
DATA, I_DATA = 0, 64
UNORDERED = 1
"""Of sinfo_flags."""


def number(event: Event, name: str) -> int:
    """A number of an event, which must be there."""
    value = event.details[name]
    assert type(value) is int, (name, event)
    return value


def read(both: Talk, messages: int) -> None:
    """Reads so many at the server's end."""
    for _ in range(messages):
        sctp.receive(both.server)


def parts(chunks: dict[int, list[Chunk]]) -> list[tuple[int, int, int]]:
    """First and last TSN and length of each message of a capture, without interleaving, by their flags."""
    found, first, length = [], 0, 0
    for tsn in sorted(chunks):
        chunk = chunks[tsn][0]
        if chunk.flags & BEGIN:
            first, length = tsn, 0
        length += chunk.length
        if chunk.flags & END:
            found.append((first, tsn, length))
    return found


@pytest.mark.parametrize("kind", [DATA, I_DATA])
def test_a_message_of_several_chunks_is_told_by_its_last(watch: Watch, kind: int) -> None:
    gnb, amf = watch.hosts
    sizes = (900, 40, 2500, 12_000, 1300, 2900, 1000, 9000, 12_000)
    for _ in range(TRIES):
        # Late SACKs: the window of the sender lets the first chunks of a message go, and not its last.
        impair(amf, 0, delay_ms=80)
        with (
            talk(watch, fragments_of=600, interleaved=kind == I_DATA) as both,
            Capture(gnb, 38412) as sent,
            Capture(amf, 38412) as come,
        ):
            for place, size in enumerate(sizes):
                sctp.send(both.client, uplink(place, size), stream=place % 3)
            read(both, len(sizes))
            watch.read_for(1)
            out, into = both.told(gnb, direction="out"), both.told(amf, direction="in")
        clear(amf, 0)
        if len(out) == len(into) == len(sizes) and watch.lost == 0:
            break
    leaving, coming = sent.sent(), come.arrived()
    assert {chunk.type for chunks in leaving.values() for chunk in chunks} == {kind}
    expected = parts(leaving)
    assert len(expected) == len(out) == len(into) == len(sizes)
    several = 0
    for place, (ours, theirs, (first, last, length)) in enumerate(zip(out, into, expected, strict=True)):
        assert length == len(uplink(place, sizes[place]))
        for event in (ours, theirs):
            told = event.details
            assert (told["tsn"], told["last_tsn"], told["length"]) == (first, last, length)
            assert told["fragment"] is (last > first)
            assert (told["ran_ue_id"], told["nas_length"], told["ppid"]) == (place, sizes[place], 60)
        done = number(ours, "at_ns") + number(ours, "wait_ns")
        assert abs(done - leaving[last][0].at_ns) < NEAR_NS
        arrived = max(coming[tsn][0].at_ns for tsn in range(first, last + 1))
        assert abs(number(theirs, "at_ns") - arrived) < NEAR_NS
        assert theirs.details["order_ns"] == 0 == ours.details["blocked_ns"]
        several += leaving[last][0].at_ns - leaving[first][0].at_ns > 2 * NEAR_NS
    # Where the first chunk and the last are far apart it matters which one is told.
    assert several >= 1


def test_what_waits_for_an_earlier_message_of_its_stream(watch: Watch) -> None:
    gnb, amf = watch.hosts
    for _ in range(TRIES):
        with talk(watch) as both, Capture(amf, 38412) as come:
            sctp.send(both.client, uplink(1), stream=0)
            read(both, 1)
            impair(gnb, 0, loss_percent=100)
            sctp.send(both.client, uplink(2), stream=0)
            time.sleep(0.1)
            clear(gnb, 0)
            # No more than two: three of them missing it would have it sent again at once.
            sctp.send(both.client, uplink(3), stream=0)
            sctp.send(both.client, uplink(4), stream=1)
            time.sleep(0.5)
            sctp.send(both.client, uplink(5, 4000), stream=0)
            sctp.send(both.client, uplink(6), stream=0, flags=UNORDERED)
            time.sleep(5)
            sctp.send(both.client, uplink(7), stream=0)
            read(both, 7 - 1)
            watch.read_for(1)
            into = both.told(amf, direction="in")
        arrived = [
            max(
                come.arrived()[tsn][0].at_ns for tsn in range(number(one, "tsn"), number(one, "last_tsn") + 1)
            )
            for one in into
        ]
        # On a machine that stands still meanwhile the next comes as late as the lost one.
        if len(into) == 7 and watch.lost == 0 and arrived[1] - arrived[2] > 10 * NEAR_NS:
            break
    assert [event.details["ran_ue_id"] for event in into] == [1, 2, 3, 4, 5, 6, 7]
    for event, at_ns in zip(into, arrived, strict=True):
        assert abs(number(event, "at_ns") - at_ns) < NEAR_NS
    order = [number(event, "order_ns") for event in into]
    lost = arrived[1]
    assert lost - arrived[2] > 10 * NEAR_NS, "the lost one was to come late"
    assert [order[place] for place in (0, 1, 3, 5, 6)] == [0] * 5
    for place in (2, 4):
        assert abs(order[place] - (lost - arrived[place])) < 2 * NEAR_NS
    # What could be read and was not is the reader's time.
    for event in into[1:6]:
        assert number(event, "wait_ns") - number(event, "order_ns") > 1_000_000_000


@contextmanager
def every_nth_dropped(host: Host, nth: int) -> Iterator[None]:
    """Of what arrives at a host, after tcpdump saw it there and at its sender."""
    device = host.interfaces[0]
    host.run(["tc", "qdisc", "add", "dev", device, "ingress"])
    drop = ["action", "gact", "pass", "random", "determ", "drop", str(nth)]
    host.run(["tc", "filter", "add", "dev", device, "ingress", "matchall", *drop])
    try:
        yield
    finally:
        host.run(["tc", "qdisc", "delete", "dev", device, "ingress"])


def test_chunks_sent_again_are_those_of_tcpdump(watch: Watch) -> None:
    gnb, amf = watch.hosts
    for _ in range(TRIES):
        with talk(watch, fragments_of=500) as both, Capture(gnb, 38412) as sent:
            reader = threading.Thread(target=read, args=(both, 90))
            reader.start()
            with every_nth_dropped(amf, 9):
                for place in range(30):
                    sctp.send(both.client, uplink(place), stream=place % 3)
                    sctp.send(both.client, uplink(place, 1800), stream=place % 3)
                    # Not of this kind, and so not told.
                    sctp.send(both.client, bytes(50), stream=place % 3, ppid=61)
                    watch.read()
                    time.sleep(0.1)
            reader.join(60)
            assert not reader.is_alive()
            watch.read_for(2)
            told = both.told(gnb, "ngap_rtx")
        again = {tsn: chunks[1:] for tsn, chunks in sent.sent().items() if len(chunks) > 1}
        wanted = Counter({tsn: len(chunks) for tsn, chunks in again.items() if chunks[0].ppid == 60})
        found = Counter(number(event, "tsn") for event in told)
        print(f"{found.total()} sent again, tcpdump {wanted.total()}; {len(again) - len(wanted)} of others")
        if found == wanted and watch.lost == 0 and found.total() >= ENOUGH:
            break
    assert found == wanted and found.total() >= ENOUGH
    for event in told:
        tsn = number(event, "tsn")
        assert min(abs(number(event, "at_ns") - chunk.at_ns) for chunk in again[tsn]) < NEAR_NS
        assert (event.details["ppid"], event.details["stream"]) == (60, again[tsn][0].stream)
