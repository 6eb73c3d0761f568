"""The kernel matrix's judgement, without a kernel."""

from __future__ import annotations

import json
from typing import Any

from tests.lab.kernel_matrix.__main__ import judge, table

TABLE = "sctp_retransmit  kprobe  {state}  again\n{on} of 26 attached; read and compiled in 1.50 s\n"
HOW = "reached by fentry 20, kprobe 6", "no trampoline: why (sctp_retransmit and 5 more)"
PASSED = "test_probes.py::test_it PASSED\n===== 9 passed, 2 warnings in 3.00s =====\n"
HIDDEN = "off: this kernel does not tell its types: no /sys/kernel/btf/vmlinux"


def sctptop(*sources: str, code: int = 0) -> dict[str, Any]:
    """What --json prints, a sample for each state of the probes."""
    lines = [json.dumps({"sources": {"sock_diag": "ok", "bpf": bpf}, "associations": [1]}) for bpf in sources]
    return {"code": code, "stdout": "\n".join(lines), "stderr": "sctptop: error: why\nTraceback …"}


def facts(**changed: object) -> dict[str, Any]:
    probes = {"code": 0, "stdout": TABLE.format(state="on", on=26) + "\n".join(HOW), "stderr": ""}
    known = {"release": "9.9.0", "btf": ["vmlinux", "sctp"], "bcc": "0.99", "python": "3.99.0"}
    return {
        **known,
        "probes": probes,
        "json": sctptop("ok", "ok"),
        "no_btf": sctptop(HIDDEN, HIDDEN),
        **changed,
    }


def test_all_is_well() -> None:
    outcome = judge(facts(), PASSED, 0)
    assert outcome.problems == []
    assert outcome.cells == ["9.9.0", "vmlinux+sctp", "0.99", "3.99.0", "1.50 s", "26/26", "9/9"]
    assert outcome.notes == [*HOW, f"with /sys/kernel/btf hidden: bpf {HIDDEN}"]


def test_a_probe_that_is_off_is_told() -> None:
    probes = {"code": 1, "stdout": TABLE.format(state="off", on=25), "stderr": ""}
    first, second = judge(facts(probes=probes), PASSED, 0).problems
    assert first.startswith("--probes ended with 1") and second.startswith("sctp_retransmit")


def test_a_source_that_is_off_is_told() -> None:
    outcome = judge(facts(json=sctptop("compiling", "off: why")), PASSED, 0)
    assert outcome.problems == ["source bpf: off: why"]


def test_a_reason_must_name_what_is_missing() -> None:
    outcome = judge(facts(no_btf=sctptop("off: no luck", "off: no luck")), PASSED, 0)
    assert outcome.problems == ["the reason for no probes does not name /sys/kernel/btf"]


def test_json_that_fails_is_told_in_a_line() -> None:
    outcome = judge(facts(json=sctptop("ok", code=1)), PASSED, 0)
    assert outcome.problems == ["--json ended with 1 after 1 samples: sctptop: error: why"]


def test_failed_tests_are_named() -> None:
    said = "x FAILED\nFAILED x.py::test_x - E\n== 1 failed, 8 passed in 1.00s ==\n"
    outcome = judge(facts(), said, 1)
    assert outcome.problems == ["pytest ended with 1: == 1 failed, 8 passed in 1.00s =="]
    assert outcome.cells[-1] == "8/9"
    text = table({"9.9": outcome})
    assert "FAILED" in text.splitlines()[1] and "9.9: FAILED x.py::test_x - E" in text
