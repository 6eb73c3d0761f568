"""sctptop beside ss, netstat, nstat and the owners' getsockopt, in the same moment.

The kernel moves on between two readings, so a value counts as read in the same moment when sctptop reads
it alike before and after the other tool. Every value must have been compared so at least once. A value may
move there and back in between, as a path's errors do from a HEARTBEAT to its ACK: once, but no second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from sctptop.model.association import PATH_STATES, Association
from tests.lab.scenes.every_kind import Scene, every_kind
from tests.lab.witness.other_tools import SsLine, netstat_associations, nstat, ss_associations

TRIES = 25

Values = Mapping[tuple[Any, ...], Any]
"""What one tool says: by association (or counter) and name of the value."""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with every_kind() as scene:
        yield scene


def compare(ours: Callable[[], Values], theirs: Callable[[], Values]) -> set[tuple[Any, ...]]:
    """Compare until every value was found alike at a moment when it stood still; returns what was compared."""
    pending: set[tuple[Any, ...]] = set()
    done: set[tuple[Any, ...]] = set()
    differing: dict[tuple[Any, ...], Any] = {}
    disagreed: set[tuple[Any, ...]] = set()
    for _ in range(TRIES):
        before, other, after = ours(), theirs(), ours()
        for name, value in other.items():
            if name in done:
                continue
            pending.add(name)
            still = name in before and before[name] == after.get(name)
            if still and before[name] == value:
                done.add(name)
                continue
            differing[name] = (before.get(name), value, after.get(name))
            if still:
                assert name not in disagreed, f"{name}: sctptop {before[name]}, the other {value}"
                disagreed.add(name)
        if pending <= done:
            return done
    left = {name: differing[name] for name in pending - done}
    raise AssertionError(f"never stood still (before, other, after): {left}")


def test_the_scene_has_every_kind_of_association(scene: Scene) -> None:
    gnb, amf = (scene.read(host).associations for host in scene.hosts)
    assert {entry.state for entry in gnb} == {"ESTABLISHED", "SHUTDOWN_PENDING", "COOKIE_WAIT"}
    assert {entry.socket_type for entry in (*gnb, *amf)} == {"one-to-one", "one-to-many"}
    assert {":" in str(entry.primary) for entry in gnb} == {True, False}
    assert {len(entry.paths) for entry in gnb} == {1, 2}
    assert {entry.nodelay for entry in gnb} == {True, False}
    assert any(entry.send_queue and entry.peer_rwnd == 0 for entry in gnb)
    assert any(entry.recv_queue for entry in amf)
    assert all(entry.assoc_id for entry in (*gnb, *amf))
    assert scene.read(scene.hosts[0]).hz in (100, 250, 300, 1000)


@pytest.mark.parametrize("index", [0, 1])
def test_ss_agrees(scene: Scene, index: int) -> None:
    host = scene.hosts[index]
    done = compare(
        lambda: {
            (entry.own_tag, name): value
            for entry in scene.read(host).associations
            for name, value in _as_ss_says(entry).items()
        },
        lambda: {
            (tag, name): value
            for tag, line in ss_associations(host).items()
            for name, value in _of_ss(line).items()
        },
    )
    tags = {tag for tag, _ in done}
    assert tags == {entry.own_tag for entry in scene.read(host).associations}
    print(f"ss agrees in {len(done)} values of {len(tags)} associations")


def _as_ss_says(entry: Association) -> dict[str, Any]:
    memory = (entry.rcvbuf, entry.sndbuf, entry.wmem_queued, entry.optmem, entry.backlog, entry.drops)
    return {
        "state": entry.state,
        "queues": (entry.recv_queue, entry.send_queue),
        "ports": (entry.local_port, entry.remote_port),
        "locals": set(entry.local_addresses),
        "peers": set(entry.remote_addresses),
        "windows": (entry.local_rwnd, entry.peer_rwnd),
        "chunks": (entry.unacked, entry.pending, entry.in_queue_packets, entry.out_queue_chunks),
        "streams": (entry.in_streams, entry.out_streams),
        "settings": (entry.max_burst, entry.max_seg, entry.peer_capable, entry.peer_sack),
        "errors": entry.overall_errors,
        "peer tag": entry.peer_tag,
        "socket": (entry.inode, entry.cookie, entry.uid),
        "memory": (*memory, (entry.fwd_alloc or 0) % 2**32),
        "timer": entry.t3_rtx_expires_ms is not None,
        # idiag_retrans has eight bits.
        "rtx": (entry.rtx_marked_chunks or 0) % 256 if entry.t3_rtx_expires_ms is not None else None,
    }


def _of_ss(line: SsLine) -> dict[str, Any]:
    memory = line.memory
    timer = line.timer
    return {
        "state": line.state,
        "queues": (line.recv_queue, line.send_queue),
        "ports": (line.local_port, line.remote_port),
        "locals": line.addresses("locals"),
        "peers": line.addresses("peers"),
        "windows": (line.number("rwnd"), line.number("prwnd")),
        "chunks": tuple(line.number(name) for name in ("unackdata", "penddata", "inqueue", "outqueue")),
        "streams": (line.number("instrms"), line.number("outstrms")),
        "settings": tuple(line.number(name) for name in ("maxburst", "maxseg", "pcapable", "psack")),
        "errors": line.number("overerr"),
        "peer tag": line.number("ptag", 16),
        "socket": (line.number("ino"), line.number("sk", 16), line.number("uid")),
        "memory": tuple(memory[name] for name in ("rb", "tb", "w", "o", "bl", "d", "f")),
        "timer": timer is not None,
        "rtx": None if timer is None else timer[2],
    }


@pytest.mark.parametrize("index", [0, 1])
def test_netstat_agrees(scene: Scene, index: int) -> None:
    host = scene.hosts[index]
    done = compare(
        lambda: {
            ("netstat", entry.local_port, entry.remote_port): (entry.recv_queue, entry.send_queue)
            for entry in scene.read(host).associations
        },
        lambda: {
            ("netstat", local, remote): (recv_queue, send_queue)
            for recv_queue, send_queue, local, remote, _ in netstat_associations(host)
        },
    )
    assert len(done) == len(scene.read(host).associations)


@pytest.mark.parametrize("index", [0, 1])
def test_nstat_agrees_in_every_counter(scene: Scene, index: int) -> None:
    host = scene.hosts[index]
    done = compare(
        lambda: {(name,): value for name, value in next(iter(scene.read(host).counters.values())).items()},
        lambda: {(name,): value for name, value in nstat(host, "-a", "-z", "-s").items()},
    )
    assert {name for (name,) in done} == set(next(iter(scene.read(host).counters.values())))
    assert len(done) > 30


def test_the_owners_getsockopt_agrees_on_every_path(scene: Scene) -> None:
    hz = scene.read(scene.hosts[0]).hz
    assert hz
    done = compare(
        lambda: {
            key: value
            for host in scene.hosts
            for entry in scene.read(host).associations
            for key, value in _as_getsockopt_says(entry, hz).items()
        },
        lambda: {
            key: value
            for owner in scene.owners
            for entry in owner.associations()
            for key, value in _of_getsockopt(entry).items()
        },
    )
    primaries = {key for key in done if key[-1] == "primary cwnd, srtt, rto"}
    assert len(primaries) >= 10
    print(f"getsockopt agrees in {len(done)} values")


def _as_getsockopt_says(entry: Association, hz: int) -> dict[tuple[Any, ...], Any]:
    key = (entry.assoc_id,)
    said: dict[tuple[Any, ...], Any] = {
        (*key, "state"): entry.state,
        (*key, "chunks"): (entry.unacked, entry.pending),
        (*key, "peer rwnd"): entry.peer_rwnd,
        (*key, "streams"): (entry.in_streams, entry.out_streams),
        (*key, "primary"): entry.primary,
        (*key, "primary cwnd, srtt, rto"): (
            entry.cwnd,
            round((entry.srtt_ms or 0) * hz / 1000),
            entry.rto_ms,
        ),
    }
    for path in entry.paths:
        said |= {(*key, path.address, "rto, state"): (path.rto_ms, path.state)}
    return said


def _of_getsockopt(entry: Mapping[str, Any]) -> dict[tuple[Any, ...], Any]:
    key, primary = (entry["assoc_id"],), entry["primary"]
    said: dict[tuple[Any, ...], Any] = {
        (*key, "state"): entry["state"],
        (*key, "chunks"): (entry["unacked"], entry["pending"]),
        (*key, "peer rwnd"): entry["rwnd"],
        (*key, "streams"): (entry["in_streams"], entry["out_streams"]),
        (*key, "primary"): primary["address"],
        (*key, "primary cwnd, srtt, rto"): (primary["cwnd"], primary["srtt"], primary["rto"]),
    }
    for peer in entry["peers"]:
        said |= {(*key, peer["address"], "rto, state"): (peer["rto"], PATH_STATES[peer["state"]])}
    return said
