"""What goes wrong while we read is said, is over when it is over, and is taken for nothing else."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.model.sample import Sample
from sctptop.model.selection import ALL_NAMESPACES, OWN_NAMESPACE
from tests.lab.scenes.hosts import Host, inside, two_hosts
from tests.lab.traffic.process import traffic

in_a_guest = pytest.mark.skipif(
    "WHERE=vm" not in Path(os.environ.get("SCTPTOP_LAB_JOB", "/"), "settings").read_text().split(),
    reason="the whole kernel is changed: in a guest only",
)
MODPROBE = Path("/proc/sys/kernel/modprobe")


@pytest.fixture(scope="module")
def gnb() -> Iterator[Host]:
    with (
        two_hosts(prefix="flt-", subnet=35) as (gnb, amf),
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--local-port", "59058", "--period", "0.2"),
    ):
        yield gnb


@contextmanager
def source_in(host: Host) -> Iterator[LiveSource]:
    made = LiveSource(netns=OWN_NAMESPACE)
    with inside(host):
        try:
            yield made
        finally:
            made.close()


def ports(sample: Sample) -> set[int | None]:
    return {entry.local_port for entry in sample.associations}


@in_a_guest
def test_sctp_diag_is_unloaded_and_loaded_again(gnb: Host) -> None:
    kept = MODPROBE.read_text()
    with source_in(gnb) as source:
        before = source.read()
        assert before.sources["sock_diag"].ok and before.associations[0].cwnd
        try:
            MODPROBE.write_text("/bin/false\n")
            subprocess.run(["modprobe", "-r", "sctp_diag"], check=True)
            for _ in range(2):
                without = source.read()
                expected = "error: module sctp_diag is not loaded (try: sudo modprobe sctp_diag)"
                assert str(without.sources["sock_diag"]) == expected
                # /proc still tells it.
                assert ports(without) == {59058} and without.sources["procfs"].ok
                assert without.associations[0].cwnd is None
        finally:
            MODPROBE.write_text(kept)
        subprocess.run(["modprobe", "sctp_diag"], check=True)
        after = source.read()
        assert after.sources["sock_diag"].ok and after.associations[0].cwnd
        assert ports(after) == {59058}


@in_a_guest
@pytest.mark.parametrize("hours", [1, -1])
def test_the_clock_is_set(gnb: Host, hours: int) -> None:
    with source_in(gnb) as source:
        first = source.read()
        began = time.monotonic()
        time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600 * hours)
        try:
            time.sleep(1)
            second = source.read()
        finally:
            time.clock_settime(time.CLOCK_REALTIME, time.time() - 3600 * hours)
        took = time.monotonic() - began
        assert second.interval_s is not None and 1 <= second.interval_s <= took + 1
        assert 3500 < abs((second.time - first.time).total_seconds()) < 3700
        third = source.read()
        assert third.interval_s is not None and 0 < third.interval_s < 60


def drop_all_capabilities() -> None:
    """Of the calling thread alone: capset(2), version 3."""
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    library = ctypes.CDLL(None, use_errno=True)
    if library.capset(header, nothing) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def test_rights_are_lost_while_it_runs(gnb: Host) -> None:
    """As a container's runtime, or seccomp, may take them."""
    samples: list[Sample] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            source = LiveSource(netns=ALL_NAMESPACES)
            samples.append(source.read())
            with inside(gnb):
                drop_all_capabilities()
                samples.extend((source.read(), source.read()))
                source.close()
                # Back is closed to it now; the thread ends here.
                raise StopIteration
        except (StopIteration, PermissionError):
            pass
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not problems, problems
    before, *after = samples
    assert before.sources["netns"].ok and 59058 in ports(before)
    assert len(after) == 2
    for sample in after:
        expected = "off: other network namespaces need CAP_SYS_ADMIN (try: sudo sctptop)"
        assert str(sample.sources["netns"]) == expected
        assert ports(sample) == {59058}
        assert sample.sources["procfs"].ok


def test_as_many_streams_as_there_can_be(gnb: Host) -> None:
    with (
        two_hosts(prefix="str-", subnet=36) as (left, right),
        traffic(right, "echo", "--local", right.ipv4[0]),
        traffic(left, "request", "--to", right.ipv4[0], "--streams", "65535", "--period", "0.2"),
        source_in(left) as source,
    ):
        (entry,) = source.read().associations
        assert entry.out_streams == 65535
        assert source.read().sources["sock_diag"].ok


def test_eight_paths_a_side(gnb: Host) -> None:
    with two_hosts(prefix="pth-", links=8, subnet=37) as (left, right):
        local = ",".join(left.ipv4)
        with (
            traffic(right, "echo", "--local", ",".join(right.ipv4)),
            traffic(left, "request", "--to", ",".join(right.ipv4), "--local", local, "--period", "0.2"),
            source_in(left) as source,
        ):
            source.read()
            time.sleep(1)
            (entry,) = source.read().associations
            assert {path.address for path in entry.paths} == set(right.ipv4)
            assert set(entry.local_addresses) == set(left.ipv4)
            assert [path.address for path in entry.paths if path.primary] == [entry.primary]
            assert {path.way.interface for path in entry.paths if path.way} == set(left.interfaces)
