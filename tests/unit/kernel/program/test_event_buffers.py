"""Buffers of events by what the kernel allows: a library that refuses as libbcc 0.26 does, with its words."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from sctptop.kernel.host import memlock
from sctptop.kernel.program import event_buffers
from sctptop.kernel.program.event_buffers import NoBuffers, hand_over, needed_kib, open_buffers, useful
from sctptop.standard_streams import captured_stderr

MMAP = b"perf_reader_mmap: mmap: Operation not permitted\n"


class Table:
    """A perf array of BCC on two processors; ``kernel`` locks pages for all tables together."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.open: dict[int, int] = {}
        self.wake_at = 0

    def __len__(self) -> int:
        return 2

    def open_perf_buffer(
        self,
        callback: Callable[[int, int, int], None],
        page_cnt: int = 8,
        lost_cb: Callable[[int], None] | None = None,
        wakeup_events: int = 1,
    ) -> None:
        assert page_cnt & (page_cnt - 1) == 0
        self.wake_at = wakeup_events
        for cpu in range(2):
            if self.kernel.locked() + page_cnt + 1 > self.kernel.pages:
                os.write(2, self.kernel.words)
                raise Exception("Could not open perf buffer")
            self.open[cpu] = page_cnt

    def __delitem__(self, cpu: int) -> None:
        self.open.pop(cpu, None)


class Kernel:
    """``pages`` may be locked; what is refused is told in ``words``."""

    def __init__(self, pages: int, words: bytes = MMAP) -> None:
        self.pages, self.words = pages, words
        self.tables = {name.encode(): Table(self) for name in ("events", "ngap_events")}

    def locked(self) -> int:
        return sum(pages + 1 for table in self.tables.values() for pages in table.open.values())

    def opened(self) -> event_buffers.Buffers:
        takers = {"events": lambda data: None, "ngap_events": lambda data: None}
        with captured_stderr() as said:
            return open_buffers(self.tables, takers, said)


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_buffers, "processors", lambda: 2)
    monkeypatch.setattr(event_buffers, "PAGE_KIB", 4)
    memory = memlock.LockedMemory(64, 516, 2)
    monkeypatch.setattr(event_buffers, "locked_memory", lambda: memory)


def test_all_that_is_useful_where_it_is_allowed() -> None:
    kernel = Kernel(1000)
    buffers = kernel.opened()
    assert buffers.got == {"events": 32, "ngap_events": 128} and buffers.trouble is None
    assert [table.wake_at for table in kernel.tables.values()] == [1, 64]


def test_half_and_half_again_until_it_is_allowed() -> None:
    kernel = Kernel(2 * (17 + 65))
    buffers = kernel.opened()
    assert buffers.got == {"events": 16, "ngap_events": 64}
    assert {name: table.open for name, table in kernel.tables.items()} == {
        b"events": {0: 16, 1: 16},
        b"ngap_events": {0: 64, 1: 64},
    }
    assert str(buffers.trouble) == (
        "buffers of events have 328 KiB a processor instead of 648: the kernel locks no more memory for us"
        " (try: sudo sysctl kernel.perf_event_mlock_kb=648)"
    )
    assert Kernel(8).opened().got == {"events": 1, "ngap_events": 1}


def test_none_at_all_says_what_to_raise_and_leaves_none_open() -> None:
    kernel = Kernel(7)
    with pytest.raises(NoBuffers) as raised:
        kernel.opened()
    assert str(raised.value) == (
        "no buffer for events: the kernel locks no memory for us (try: sudo sysctl kernel.perf_event_mlock_kb=648)"
    )
    assert kernel.locked() == 0


def test_another_refusal_is_said_and_not_tried_again() -> None:
    kernel = Kernel(100, b"bpf_open_perf_buffer: Too many open files\n")
    with pytest.raises(NoBuffers, match=r"^no buffer for events: bpf_open_perf_buffer: Too many open files$"):
        kernel.opened()
    assert kernel.locked() == 0


def test_many_processors_have_less_each() -> None:
    names = ("events", "ngap_events")
    assert useful(dict.fromkeys(names), 8) == {"events": 32, "ngap_events": 128}
    for cpus in (64, 256, 8192):
        pages = useful(dict.fromkeys(names), cpus)
        assert all(count >= 1 and count * 4 * cpus <= max(16 << 10, 4 * cpus) for count in pages.values())
    assert useful(dict.fromkeys(names), 64) == {"events": 32, "ngap_events": 64}
    assert (needed_kib(2), needed_kib(64)) == (648, 392)


@pytest.mark.parametrize(
    ("page_kib", "pages", "needed"),
    [(4, (32, 128), 648), (16, (8, 32), 672), (64, (2, 8), 768), (1024, (1, 1), 4096)],
)
def test_larger_pages_make_no_larger_buffers(
    monkeypatch: pytest.MonkeyPatch, page_kib: int, pages: tuple[int, int], needed: int
) -> None:
    monkeypatch.setattr(event_buffers, "PAGE_KIB", page_kib)
    assert useful(dict.fromkeys(("events", "ngap_events")), 2) == dict(
        zip(("events", "ngap_events"), pages, strict=True)
    )
    # A page more of each, for the place that the kernel writes to.
    assert needed_kib(2) == needed


def test_each_buffer_has_a_descriptor_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(event_buffers, "processors", lambda: 512)
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1024, 524288))
    monkeypatch.setattr(resource, "setrlimit", lambda what, limit: limits.append(limit))
    Kernel(1000).opened()
    assert limits == [(1280, 524288)]
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1024, 1024))
    Kernel(1000).opened()
    assert limits[1:] == [(1024, 1024)]
    monkeypatch.setattr(event_buffers, "processors", lambda: 64)
    Kernel(1000).opened()
    assert len(limits) == 2


def host_files(root: Path, limit: str, paranoid: int = 2, caps: str = "0", release: str = "6.1.0") -> Path:
    for name, text in {
        "proc/thread-self/limits": f"Max locked memory         {limit}   {limit}   bytes     \n",
        "proc/thread-self/status": f"CapPrm:\t{caps}\n",
        "proc/sys/kernel/perf_event_mlock_kb": "516\n",
        "proc/sys/kernel/perf_event_paranoid": f"{paranoid}\n",
        "sys/devices/system/cpu/online": "0-3,8,10-11\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


class Older:
    """BCC 0.18, which is woken by each event and hands over all with one call."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def perf_buffer_poll(self, timeout: int) -> None:
        self.calls.append(f"poll {timeout}")


class Newer(Older):
    """It may leave events that were too few to wake us."""

    def perf_buffer_consume(self) -> None:
        self.calls.append("consume")


@pytest.mark.parametrize(("bcc", "calls"), [(Older(), ["poll 100"]), (Newer(), ["poll 100", "consume"])])
def test_events_come_with_any_bcc(bcc: Older, calls: list[str]) -> None:
    hand_over(bcc, 100)
    assert bcc.calls == calls


def test_what_the_kernel_allows(tmp_path: Path) -> None:
    def allowed(limit: str, paranoid: int = 2, caps: str = "0") -> int | None:
        memory = memlock.locked_memory(host_files(tmp_path, limit, paranoid, caps))
        assert memory is not None and memory.processors == 7
        return memory.allowed

    assert allowed("65536") == 64 + 7 * 516
    assert allowed("8388608") == 8192 + 7 * 516
    assert allowed("unlimited") is allowed("65536", -1) is allowed("65536", caps="4000") is None
    assert memlock.locked_memory(tmp_path / "absent") is None
    assert memlock.processors(tmp_path / "absent") == 1


def test_maps_are_limited_before_5_11_alone(tmp_path: Path) -> None:
    root = host_files(tmp_path, "65536")
    limits = [
        memlock.limited_maps(release, root) for release in ("5.10.0-32-amd64", "5.11.0", "6.1.0", "odd")
    ]
    assert limits == [64, None, None, None]
    assert memlock.limited_maps("5.10.0", host_files(tmp_path, "65536", caps="1000000")) is None
    assert memlock.limited_maps("5.10.0", host_files(tmp_path, "unlimited")) is None
