"""Advice on how NGAP and S1AP are sent: PPID, streams, and set-ups that are refused."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.quantity import counted

LEAST_UES, LEAST_OF_UES = 3, 10
NEXT = {"in": "received", "out": "sent"}


def wrong_ppid(case: Case) -> Iterator[Finding]:
    """NGAP with the payload protocol identifier in the byte order of a little-endian machine."""
    if case.ngap is None:
        return
    for direction, whose in (("out", "this end's application"), ("in", "the peer's application")):
        old, new = case.ngap.both(direction)
        swapped = old.swapped + new.swapped
        if swapped:
            messages = old.messages + new.messages
            yield Finding(
                "warning",
                f"{swapped} of {counted(messages, 'message')} {NEXT[direction]} had PPID 0x3c000000 for NGAP (60), or "
                "another in that byte order",
                f"{whose} forgot htonl: RFC 9260 leaves the PPID to it, in network byte order",
                part=direction,
            )


def one_stream(case: Case) -> Iterator[Finding]:
    """Messages of several UEs all on one stream: on a loss, all of them wait for that of one."""
    if case.ngap is None:
        return
    entry = case.row.association
    for direction, streams in (("out", entry.out_streams), ("in", entry.in_streams)):
        old, new = case.ngap.both(direction)
        if len(old.streams) > 1 or len(new.streams) > 1:
            continue
        ues, used, messages = old.ues | new.ues, old.streams | new.streams, old.of_ues + new.of_ues
        if len(ues) < LEAST_UES or messages < LEAST_OF_UES or len(used) != 1:
            continue
        whose = "this end" if direction == "out" else "the peer"
        several = f"of {streams}" if streams is not None else ""
        lossy = case.watch.sum("rtx") > 0 if direction == "out" else bool(entry.pending)
        remedy = f"let {whose} spread UEs over streams"
        if streams == 1:
            remedy = "ask for more streams with SCTP_INITMSG on both ends, and spread UEs over them"
        yield Finding(
            "warning" if lossy else "note",
            f"{messages} messages of {len(ues)} UEs {NEXT[direction]}, all on stream {used.pop()} {several}".rstrip(),
            f"{remedy}: else the loss of one message delays all UEs",
            part=direction,
        )
