"""What decoding the header of a message costs, beside pycrate, which decodes all of it, and whether both agree.

python -m tests.bench.ngap [MESSAGES]           # default 10000 of NGAP and a tenth of S1AP
python -m tests.bench.ngap --random [MESSAGES]  # default 1000000 of noise and damage: none may raise
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from typing import Any

from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, PPID_NAMES, S1AP
from tests.bench.timing import best_of
from tests.unit.model.ngap.ngap_pdus import SETUP, Case, cases, damaged, descriptions, encoded
from tests.unit.model.ngap.ngap_values import GROUPS

REPEAT = 5
HEAD = 64
FRAGMENTED = 16384
IDS = {NGAP: (10, 85, 114), S1AP: (0, 8, 99)}
CAUSE_IE = {NGAP: 15, S1AP: 2}
NAS_IE = {NGAP: 38, S1AP: 26}
NODE_IE = {NGAP: (27, "GlobalRANNodeID"), S1AP: (59, "Global-ENB-ID")}
FAILED_IE = 58
"""Of a PDUSessionResourceSetupResponse."""


def by_pycrate(ppid: int, data: bytes) -> Header:
    """What pycrate finds in a whole message; of the NAS message in it only the length."""
    pdus = descriptions(ppid)
    pdu = pdus.NGAP_PDU if ppid == NGAP else pdus.S1AP_PDU
    pdu.from_aper(data)
    name, content = pdu.get_val()
    values: dict[int, Any] = {ie["id"]: ie["value"][1] for ie in content["value"][1]["protocolIEs"]}
    core, ran, both = (values.get(number) for number in IDS[ppid])
    if both is not None:
        form, value = both
        core, ran = tuple(value.values())[:2] if form.endswith("pair") else (value, None)
    cause = values.get(CAUSE_IE[ppid]) if NAS_IE[ppid] not in values else None
    if content["value"][0] == "PDUSessionResourceSetupResponse" and FAILED_IE in values:
        cause = values[FAILED_IE][0]["pDUSessionResourceSetupUnsuccessfulTransfer"][1]["cause"]
    group, why = cause or ("", "")
    node, type_name = NODE_IE[ppid]
    named = content["value"][0] in SETUP and node in values
    return Header(
        name,
        content["procedureCode"],
        core,
        ran,
        nas_length=len(values[NAS_IE[ppid]]) if NAS_IE[ppid] in values else None,
        cause_group=group or None,
        cause=GROUPS[ppid][group].index(why) if cause else None,
        ran_node=encoded(ppid, type_name, values[node]).hex() if named else None,
    )


def decode_all(heads: list[tuple[bytes, int]], ppid: int) -> None:
    """Every message once."""
    for head, length in heads:
        decode(head, ppid, length)


def nothing(heads: list[tuple[bytes, int]], ppid: int) -> None:
    """The loop alone, to be taken off."""
    for _head, _length in heads:
        pass


def pycrate_all(messages: list[Case], ppid: int) -> None:
    """Every message once, by the peer."""
    for one in messages:
        by_pycrate(ppid, one.data)


def compare(many: int) -> int:
    """Print the table; fails if the two disagree."""
    print(f"best of {REPEAT} (pycrate: of 1), microseconds a message")
    print(
        f"{'':6}{'messages':>10}{f'head of {HEAD}':>12}{'whole':>10}{'pycrate':>10}{'ratio':>8}{'differ':>8}"
    )
    failed = 0
    for ppid, count in ((NGAP, many), (S1AP, many // 10)):
        # pycrate 0.8.1 cannot read all of its own fragments, which begin at 16 KiB.
        messages = list(
            islice((one for one in cases(ppid, 2 * count, 20) if len(one.data) < FRAGMENTED), count)
        )
        heads = [(one.data[:HEAD], len(one.data)) for one in messages]
        wholes = [(one.data, len(one.data)) for one in messages]

        def each(action: Callable[[], None], repeat: int, count: int = count) -> float:
            return best_of(action, repeat) / count * 1e6

        loop = each(partial(nothing, heads, ppid), REPEAT)
        head = each(partial(decode_all, heads, ppid), REPEAT) - loop
        whole = each(partial(decode_all, wholes, ppid), REPEAT) - loop
        peer = each(partial(pycrate_all, messages, ppid), 1)
        differ = sum(disagree(one) for one in messages)
        failed += differ
        ratio = f"{peer / head:.0f}"
        print(f"{PPID_NAMES[ppid]:6}{count:>10}{head:>12.2f}{whole:>10.2f}{peer:>10.1f}{ratio:>8}{differ:>8}")
    return int(failed > 0)


def disagree(one: Case) -> bool:
    """Whether pycrate, or who made the message, knows other than we found; and so of what a head tells."""
    data, ppid = one.data, one.kind.ppid
    found = decode(data, ppid, len(data))
    of_nas = {"nas": None, "registration_type": None, "nas_cause": None}
    return (
        found != one.expected
        or found._replace(**of_nas) != by_pycrate(ppid, data)
        or decode(data[:HEAD], ppid, len(data)) != one.seen(HEAD)
    )


def survive(many: int) -> int:
    """Decode noise and damage, and say what was thought of it; an exception would end this."""
    dice = random.Random(21)
    originals = {ppid: [one.data for one in cases(ppid, 500, 22)] for ppid in (NGAP, S1AP)}
    verdicts: Counter[str] = Counter()
    begin = time.perf_counter()
    for number in range(many):
        ppid = (NGAP, S1AP)[number % 2]
        head = damaged(dice, originals[ppid])
        message: Header = decode(head, ppid, (len(head), None, number % 300)[number % 3])
        verdicts[message.odd or "not contradicted"] += 1
    print(f"{many} decoded in {time.perf_counter() - begin:.0f} s, making them included; none raised")
    for verdict, times in verdicts.most_common():
        print(f"{times:>10}  {verdict}")
    return 0


def main() -> int:
    """One of the two."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    if "--random" in sys.argv:
        return survive(next(chain(numbers, [1_000_000])))
    return compare(next(chain(numbers, [10_000])))


if __name__ == "__main__":
    sys.exit(main())
