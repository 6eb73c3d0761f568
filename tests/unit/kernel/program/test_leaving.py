"""Descriptors whose closing takes long are left to another process, which keeps nothing else and ends by itself."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from sctptop.kernel.program.leaving import Leaver, leave


def test_another_process_closes_last_and_keeps_nothing_else() -> None:
    kept, peer = socket.socketpair()
    other, watched = os.pipe()
    begun = time.monotonic()
    while_closing: list[bool] = []

    def close() -> None:
        kept.close()
        os.close(watched)
        peer.setblocking(False)
        try:
            peer.recv(1)
            while_closing.append(False)
        except BlockingIOError:
            while_closing.append(True)

    leave([kept.fileno()], close)
    # Somebody else held it until we were done, and lets go then.
    assert while_closing == [True]
    peer.settimeout(10)
    assert peer.recv(1) == b""
    assert os.read(other, 1) == b""
    assert time.monotonic() - begun < 10
    peer.close()
    os.close(other)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_where_no_process_can_be_made_it_is_closed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    kept, peer = socket.socketpair()
    leave([kept.fileno()], kept.close)
    assert peer.recv(1) == b""
    peer.close()


def test_nothing_to_leave_is_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    called: list[bool] = []
    leave([], lambda: called.append(True))
    assert called == [True]


def test_links_are_closed_in_the_background_and_those_left_are_given_back() -> None:
    ends = [os.pipe() for _ in range(3)]
    leaver = Leaver()
    leaver.begin(write for _, write in ends)
    for read, _ in ends:
        assert os.read(read, 1) == b""
        os.close(read)
    deadline = time.monotonic() + 10
    while leaver.busy and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not leaver.busy and leaver.stop() == []


def test_what_is_not_begun_is_left_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_first, go_on = threading.Event(), threading.Event()
    closed: list[int] = []

    def close(descriptor: int) -> None:
        closed.append(descriptor)
        at_the_first.set()
        go_on.wait(10)

    monkeypatch.setattr("sctptop.kernel.program.leaving.os.close", close)
    leaver = Leaver()
    leaver.begin([101, 102, 103])
    assert at_the_first.wait(10) and leaver.busy
    assert leaver.stop() == [102, 103]
    go_on.set()
    while leaver.busy:
        time.sleep(0.01)
    assert closed == [101]
