"""The socket of sock_diag, on answers as kernels give them: captured records in buffers that the test makes."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

import pytest

from sctptop.kernel.netlink import NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY, decode_record
from sctptop.kernel.reading.sockdiag import NETLINK_SOCK_DIAG, SockDiag, SockDiagError
from tests.unit.kernel.reading.answers import captured, message

NLMSG_NOOP = 1
PAIR = (("10.9.0.1", 38412), ("10.9.0.2", 59058))


def error(code: int, sequence: int) -> bytes:
    return message(NLMSG_ERROR, sequence, struct.pack("=i", -code) + bytes(16))


class Kernel:
    """The other end of the socket: answers lie in it before they are asked for."""

    def __init__(self) -> None:
        ours, self._end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(2)
        self.diag = SockDiag(lambda: ours)

    def answers(self, *buffers: bytes) -> None:
        for buffer in buffers:
            self._end.send(buffer)

    def asked(self) -> int:
        """How many requests came."""
        self._end.setblocking(False)
        count = 0
        with suppress(BlockingIOError):
            while self._end.recv(1 << 16):
                count += 1
        return count

    def close(self) -> None:
        self.diag.close()
        self._end.close()


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    yield made
    made.close()


def test_a_dump_goes_on_over_as_many_buffers_as_come_until_done(kernel: Kernel) -> None:
    records = captured("2")
    assert len(records) > 2
    for payload in records:
        # One record a buffer, none flagged as part of several: as sctp_diag sends them.
        kernel.answers(message(SOCK_DIAG_BY_FAMILY, 1, payload))
    kernel.answers(message(NLMSG_DONE, 1, bytes(4)), message(NLMSG_DONE, 2, bytes(4)))
    assert kernel.diag.dump() == [decode_record(payload) for payload in records]
    assert kernel.asked() == 2


def test_an_interrupted_dump_is_asked_for_again(kernel: Kernel) -> None:
    (first, *_) = captured("2")
    kernel.answers(
        message(SOCK_DIAG_BY_FAMILY, 1, first, NLM_F_DUMP_INTR) + message(NLMSG_DONE, 1, bytes(4)),
        message(SOCK_DIAG_BY_FAMILY, 2, first) + message(NLMSG_DONE, 2, bytes(4)),
        message(NLMSG_DONE, 3, bytes(4)),
    )
    assert kernel.diag.dump() == [decode_record(first)]
    assert kernel.asked() == 3


def test_answers_to_an_older_question_are_passed_over(kernel: Kernel) -> None:
    (first, *_) = captured("2")
    kernel.answers(
        message(SOCK_DIAG_BY_FAMILY, 77, first) + error(errno.EPERM, 76),
        message(SOCK_DIAG_BY_FAMILY, 1, first),
    )
    assert list(kernel.diag.look_up([PAIR])) == [decode_record(first)]


def test_a_look_up_says_which_association_is_gone_and_goes_on(kernel: Kernel) -> None:
    first, second, *_ = captured("2")
    kernel.answers(
        message(SOCK_DIAG_BY_FAMILY, 3, second),
        error(errno.ENOENT, 2) + message(SOCK_DIAG_BY_FAMILY, 1, first),
    )
    found = list(kernel.diag.look_up([PAIR] * 3))
    assert found == [decode_record(first), None, decode_record(second)]


def test_many_are_asked_for_some_at_a_time_and_each_answer_finds_its_question(kernel: Kernel) -> None:
    (first, *_) = captured("2")
    for sequence in range(1, 71):
        kernel.answers(
            message(SOCK_DIAG_BY_FAMILY, sequence, first) if sequence % 9 else error(errno.ENOENT, sequence)
        )
    found = []
    asked = []
    for one in kernel.diag.look_up([PAIR] * 70):
        asked.append(kernel.asked())
        found.append(one is not None)
    assert found == [bool(sequence % 9) for sequence in range(1, 71)]
    # Questions wait in the socket: so many at most, and no more than there are pairs.
    assert [count for count in asked if count] == [32, 32, 6]


def test_a_look_up_that_is_refused_is_an_error_and_a_kernel_that_says_no_more_than_done_found_none(
    kernel: Kernel,
) -> None:
    kernel.answers(error(0, 1))
    assert list(kernel.diag.look_up([PAIR])) == [None]
    kernel.answers(error(errno.EACCES, 2))
    with pytest.raises(SockDiagError, match="not permitted"):
        list(kernel.diag.look_up([PAIR]))
    assert list(kernel.diag.look_up([])) == []


def test_a_record_that_came_stays_though_an_error_follows(kernel: Kernel) -> None:
    (first, second, *_) = captured("2")
    kernel.answers(
        message(SOCK_DIAG_BY_FAMILY, 1, first) + error(errno.ENOENT, 1),
        message(SOCK_DIAG_BY_FAMILY, 2, second),
    )
    assert list(kernel.diag.look_up([PAIR] * 2)) == [decode_record(first), decode_record(second)]


def test_a_dump_that_is_always_interrupted_is_taken_as_it_is_in_the_end(kernel: Kernel) -> None:
    (first, *_) = captured("2")
    for sequence in range(1, 7):
        kernel.answers(
            message(SOCK_DIAG_BY_FAMILY, sequence, first, NLM_F_DUMP_INTR)
            + message(SOCK_DIAG_BY_FAMILY, sequence, first)
            + message(NLMSG_DONE, sequence, bytes(4))
        )
    assert kernel.diag.dump() == [decode_record(first)] * 4
    assert kernel.asked() == 6


def test_an_error_at_the_end_of_a_dump_is_raised(kernel: Kernel) -> None:
    kernel.answers(message(NLMSG_DONE, 1, struct.pack("=i", -errno.ENOBUFS)))
    with pytest.raises(SockDiagError, match="ran out of buffers"):
        kernel.diag.dump()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (errno.ENOENT, "module sctp_diag is not loaded (try: sudo modprobe sctp_diag)"),
        (errno.EACCES, "not permitted to read sockets (try: "),
        (errno.EPERM, "not permitted to read sockets (try: "),
        (errno.ENOBUFS, "the kernel ran out of buffers"),
        (errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_a_refusal_is_said_with_what_to_do(kernel: Kernel, code: int, text: str) -> None:
    kernel.answers(error(code, 1))
    with pytest.raises(SockDiagError) as raised:
        kernel.diag.dump()
    assert raised.value.errno == code
    assert str(raised.value.trouble).startswith(text)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x01",
        struct.pack("=IHHII", 4, SOCK_DIAG_BY_FAMILY, 0, 1, 0),
        struct.pack("=IHHII", 4000, SOCK_DIAG_BY_FAMILY, 0, 1, 0),
    ],
    ids=["a byte", "a message shorter than its header", "longer than what came"],
)
def test_an_answer_that_is_none_is_an_error(kernel: Kernel, answer: bytes) -> None:
    kernel.answers(answer)
    with pytest.raises(SockDiagError) as raised:
        kernel.diag.dump()
    assert raised.value.errno == errno.EBADMSG


def test_an_answer_longer_than_the_buffer_is_an_error() -> None:
    ours, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 21)
    end.send(bytes((1 << 18) + 1))
    with ours, end, pytest.raises(SockDiagError) as raised:
        SockDiag(lambda: ours).dump()
    assert raised.value.errno == errno.EMSGSIZE


def test_a_record_that_cannot_be_read_is_left_out(kernel: Kernel) -> None:
    (first, *_) = captured("2")
    kernel.answers(
        message(NLMSG_NOOP, 1)
        + message(SOCK_DIAG_BY_FAMILY, 1, first[:20])
        + message(SOCK_DIAG_BY_FAMILY, 1, first),
        message(NLMSG_DONE, 1, bytes(4)),
        message(NLMSG_DONE, 2, bytes(4)),
    )
    assert kernel.diag.dump() == [decode_record(first)]


class Failing(socket.socket):
    """One that takes a question and fails instead of an answer, or takes none."""

    error = OSError()
    takes_questions = True

    def recvmsg(self, *_: object) -> NoReturn:
        raise self.error

    def send(self, *_: object) -> int:
        if not self.takes_questions:
            raise self.error
        return 0


@pytest.mark.parametrize("takes_questions", [True, False])
@pytest.mark.parametrize(
    ("code", "text"),
    [
        (errno.ECONNREFUSED, "Connection refused"),
        (errno.EAGAIN, "the kernel did not answer within 5 s"),
        (errno.ENOBUFS, "the kernel ran out of buffers; reading again next time$"),
        (errno.EPROTONOSUPPORT, "this kernel has no NETLINK_SOCK_DIAG$"),
    ],
)
def test_silence_and_overrun_are_errors(code: int, text: str, takes_questions: bool) -> None:
    failing = Failing()
    failing.error, failing.takes_questions = OSError(code, ""), takes_questions
    diag = SockDiag(lambda: failing)
    with pytest.raises(SockDiagError, match=text) as raised:
        diag.dump()
    assert raised.value.errno == code
    diag.close()
    diag.close()


@pytest.mark.parametrize("takes_questions", [True, False])
def test_an_error_without_a_number_is_said_too(takes_questions: bool) -> None:
    with Failing() as failing, pytest.raises(SockDiagError, match=r"the netlink socket failed$"):
        failing.takes_questions = takes_questions
        SockDiag(lambda: failing).dump()


def test_a_kernel_without_it_is_said() -> None:
    def none() -> socket.socket:
        raise OSError(errno.EPROTONOSUPPORT, "")

    with pytest.raises(SockDiagError, match="no NETLINK_SOCK_DIAG") as raised:
        SockDiag(none)
    assert raised.value.errno == errno.EPROTONOSUPPORT


def test_the_real_socket_is_one_of_sock_diag_that_waits_a_limited_time() -> None:
    diag = SockDiag()
    real = diag._socket
    assert real.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL) == NETLINK_SOCK_DIAG
    assert struct.unpack("@ll", real.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)) == (5, 0)
    assert not real.get_inheritable()
    # Of no multicast group, with a port of its own.
    other = SockDiag()
    assert real.getsockname()[1] == 0 and real.getsockname() != other._socket.getsockname()
    other.close()
    diag.close()
    assert real.fileno() == -1


def test_a_record_that_is_known_by_its_bytes_is_the_same_object(kernel: Kernel) -> None:
    first, second, *_ = (payload for payload in captured("2") if decode_record(payload).is_association)
    known = {first: decode_record(first)}
    kernel.answers(message(SOCK_DIAG_BY_FAMILY, 1, first), message(SOCK_DIAG_BY_FAMILY, 1, second))
    kernel.answers(message(NLMSG_DONE, 1, bytes(4)), message(NLMSG_DONE, 2, bytes(4)))
    one, other = kernel.diag.dump(known=known)
    assert one is known[first] and other == decode_record(second)
