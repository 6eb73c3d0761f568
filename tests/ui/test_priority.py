"""The thread that draws comes first, and leaves Python as it was."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import weakref

import pytest

from sctptop.tui.priority import KEPT_WAITING_S, WAITS_S, collect_all, drawing_first


def test_python_is_left_as_it_was() -> None:
    gc.unfreeze()
    before, thresholds = sys.getswitchinterval(), gc.get_threshold()
    with pytest.raises(ValueError), drawing_first() as loop:
        loop.run_until_complete(a_turn())
        assert sys.getswitchinterval() == pytest.approx(KEPT_WAITING_S)
        raise ValueError
    assert loop.is_closed()
    assert (sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()) == (before, thresholds, 0)


async def a_turn() -> None:
    await asyncio.sleep(0)


def after_a_while() -> float:
    time.sleep(0.05)
    return sys.getswitchinterval()


def test_others_may_be_stopped_soon_while_the_loop_waits() -> None:
    with drawing_first() as loop:
        seen = loop.run_until_complete(asyncio.to_thread(after_a_while))
    assert seen == pytest.approx(WAITS_S)


def test_what_still_runs_is_cancelled_and_heard() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(True)

    async def begin() -> None:
        running.append(asyncio.create_task(endless()))
        await asyncio.sleep(0)

    running: list[asyncio.Task[None]] = []
    with drawing_first() as loop:
        loop.run_until_complete(begin())
    assert ended and running[0].cancelled()


def test_what_refers_to_itself_is_given_back_when_asked() -> None:
    class Node:
        me: Node | None = None

    gone: list[bool] = []
    with drawing_first():
        node = Node()
        node.me = node
        weakref.finalize(node, gone.append, True)
        del node
        collect_all()
    assert gone
