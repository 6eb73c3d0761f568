"""How long sendmsg waited for send buffer, against the clock of who called it."""

from __future__ import annotations

import contextlib
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator

from tests.lab.guest.probes.talk import Talk, talk, uplink
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

TRIES = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: one of so many tries
must be told without a gap."""
NEAR_NS = 100_000_000
"""What an emulated machine needs for the rest of a call."""
PAUSE_S = 1.5
MANY = 40
SIZE = 900


def fill(both: Talk) -> int:
    """Sends until the kernel takes no more, not even after a delayed SACK; how many messages it took."""
    sent, before = 0, -1
    while sent > before:
        before = sent
        with contextlib.suppress(BlockingIOError):
            while True:
                sctp.send(both.client, uplink(0, SIZE))
                sent += 1
        time.sleep(0.5)
    return sent


def drain(both: Talk, messages: int) -> None:
    """Reads so many, and waits until the sender has room again."""
    for _ in range(messages):
        sctp.receive(both.server)
    end = time.monotonic() + 20
    while sctp.status(both.client).unacked and time.monotonic() < end:
        time.sleep(0.05)


def time_to_send(sock: socket.socket, seconds: float) -> None:
    """How long sendmsg waits at most; 0: for ever."""
    moment = struct.pack("=qq", int(seconds), int(seconds % 1 * 1e6))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, moment)


def test_blocked_is_what_the_sender_waited_in_sendmsg(watch: Watch) -> None:
    gnb = watch.hosts[0]
    for _ in range(TRIES):
        with talk(watch, send_buffer=8192, receive_buffer=4096) as both:
            both.client.setblocking(True)
            spans = []

            def read(both: Talk = both) -> None:
                time.sleep(PAUSE_S)
                for _ in range(MANY):
                    sctp.receive(both.server)

            reader = threading.Thread(target=read)
            reader.start()
            for ue in range(MANY):
                before = time.monotonic_ns()
                sctp.send(both.client, uplink(ue, SIZE))
                spans.append((before, time.monotonic_ns()))
            reader.join(60)
            assert not reader.is_alive()
            watch.read_for(1)
            told = both.told(gnb, direction="out")
        if len(told) == MANY and watch.lost == 0:
            break
    assert [event.details["ran_ue_id"] for event in told] == list(range(MANY))
    blocked = [int(event.number("blocked_ns") or 0) for event in told]
    print([round(ns / 1e6) for ns in blocked])
    assert blocked[:3] == [0] * 3 and max(blocked) > 1_000_000_000
    for event, (before, after), waited in zip(told, spans, blocked, strict=True):
        assert waited <= after - before < waited + NEAR_NS
        at_ns = event.number("at_ns") or 0
        assert before + waited <= at_ns <= after


def test_who_does_not_wait_is_not_blocked(watch: Watch) -> None:
    """Nor is who gave up, when he sends something else later."""
    gnb = watch.hosts[0]
    with talk(watch, send_buffer=8192, receive_buffer=4096) as both:
        for seconds in (0.0, 0.3):
            both.client.setblocking(seconds > 0)
            time_to_send(both.client, seconds)
            drain(both, fill(both))
            sctp.send(both.client, uplink(1, SIZE))
            drain(both, 1)
        watch.read_for(1)
        told = both.told(gnb, direction="out", ran_ue_id=1)
    assert told and {event.details["blocked_ns"] for event in told} == {0}


def test_a_signal_meanwhile_changes_nothing(watch: Watch) -> None:
    """The call is begun anew by the kernel as its handler returns, and waits on."""
    gnb = watch.hosts[0]
    with talk(watch, send_buffer=8192, receive_buffer=4096) as both:
        both.client.setblocking(False)
        filled = fill(both)
        both.client.setblocking(True)
        with _interrupted(0.2):
            reader = threading.Timer(PAUSE_S, drain, (both, filled + 1))
            reader.start()
            before = time.monotonic_ns()
            sctp.send(both.client, uplink(1, SIZE))
            took = time.monotonic_ns() - before
        reader.join(60)
        watch.read_for(1)
        told = both.told(gnb, direction="out", ran_ue_id=1)
    assert took > 1_000_000_000
    for event in told:
        assert took - NEAR_NS < (event.number("blocked_ns") or 0) <= took


@contextlib.contextmanager
def _interrupted(period_s: float) -> Iterator[None]:
    """By a signal again and again, whose handler has system calls begun anew (SA_RESTART)."""
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.siginterrupt(signal.SIGALRM, False)
    signal.setitimer(signal.ITIMER_REAL, period_s, period_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
