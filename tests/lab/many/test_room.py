"""Tables that are too small for what is there: counted, told, and larger ones in their place."""

from __future__ import annotations

from contextlib import ExitStack

from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import Program
from tests.lab.scenes.hosts import inside, two_hosts
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

MANY = 40
SMALLER = 1 << 9
"""Room for 32 paths and 16 associations at the start, where there would be 16,384."""


def test_tables_grow_with_what_is_there() -> None:
    rooms: list[int] = []

    def load(choice: ProbeChoice, paths: int) -> Program:
        rooms.append(paths // SMALLER)
        return Program(find_bcc.load(), choice, room=paths // SMALLER)

    with two_hosts(prefix="room-") as (gnb, amf), ExitStack() as stack:
        with inside(amf):
            server = stack.enter_context(sctp.new_socket(amf.ipv4[0]))
            server.bind((amf.ipv4[0], 5100))
            server.listen(MANY)
        watch = Watch(gnb, amf)
        watch.probes = Probes(load=load)
        with watch:
            lacked: dict[str, int] = {}
            clients = []
            for _ in range(MANY):
                with inside(gnb):
                    clients.append(stack.enter_context(sctp.new_socket(gnb.ipv4[0])))
                    clients[-1].connect((amf.ipv4[0], 5100))
                stack.enter_context(server.accept()[0])
            for _ in range(60):
                _, observed = watch.read()
                for name, times in observed.no_room.items():
                    lacked[name] = lacked.get(name, 0) + times
                known = [name for name in observed.associations if 5100 in name]
                print(rooms, observed.no_room, len(known))
                # Each association has two ends here.
                if len(known) == 2 * MANY and not observed.no_room:
                    break
                watch.read_for(1)
            assert lacked["associations"] >= MANY and len(known) == 2 * MANY
            assert len(observed.paths) >= 2 * MANY
            assert (
                rooms[0] == 32 and rooms == [32 << place for place in range(len(rooms))] and rooms[-1] >= 128
            )
            for client in clients:
                client.send(b"x" * 100)
            watch.read_for(3)
            assert watch.probes.state.ok
