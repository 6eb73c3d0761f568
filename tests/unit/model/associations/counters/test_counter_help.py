"""Each counter that Linux has is explained, in sentences."""

from __future__ import annotations

from sctptop.model.associations.counter_help import COUNTER_HELP

SNMP = """
CurrEstab ActiveEstabs PassiveEstabs Aborteds Shutdowns OutOfBlues ChecksumErrors OutCtrlChunks OutOrderChunks
OutUnorderChunks InCtrlChunks InOrderChunks InUnorderChunks FragUsrMsgs ReasmUsrMsgs OutSCTPPacks InSCTPPacks
T1InitExpireds T1CookieExpireds T2ShutdownExpireds T3RtxExpireds T4RtoExpireds T5ShutdownGuardExpireds
DelaySackExpireds AutocloseExpireds T3Retransmits PmtudRetransmits FastRetransmits InPktSoftirq InPktBacklog
InPktDiscards InDataChunkDiscards
"""
"""As /proc/net/sctp/snmp of Linux 6.1 lists them."""


def test_every_counter_is_explained_in_the_kernel_s_order() -> None:
    assert list(COUNTER_HELP) == [f"Sctp{name}" for name in SNMP.split()]


def test_explanations_are_sentences() -> None:
    for name, text in COUNTER_HELP.items():
        assert text.endswith(".") and not text.endswith(".."), name
        assert text == " ".join(text.split()), name
