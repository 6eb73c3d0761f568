"""Mutants that no test can notice, by module: the line, the change as `tests/mutate` prints it, and why.

One stands here only if all that the world sends and all that is shown stay the same. A test says that each exists.
"""

from __future__ import annotations

EQUIVALENT: dict[str, list[tuple[str, str, str]]] = {
    "comparison/statistics/within_runs.py": [
        ("SEED = 9260", "9260  →  (9261)", "other draws, as good as these"),
        ("RESAMPLES = 2000", "2000  →  (2001)", "one draw more, within what draws vary by"),
        ("CHANCES = 200", "200  →  (201)", "one draw more, within what draws vary by"),
        ("NORMAL_FROM = 8", "8  →  (9)", "both ways of drawing a place are right there"),
        ("if n > PLAIN_N:", "n > PLAIN_N  →  (n >= PLAIN_N)", "both ways of drawing a mean are right there"),
        ("PLAIN_N = 50", "50  →  (51)", "both ways of drawing a mean are right there"),
    ],
    "model/advice/adviser.py": [
        ("NO_EVIDENCE = Watch(0.0)", "0.0  →  (1.0)", "nothing is ever counted in it"),
        ("interval_s=sample.interval_s or 0.0,", "0.0  →  (1.0)", "without an interval there are no rates"),
    ],
    "model/advice/given.py": [
        ('_SEVERITIES = {"problem": 0, "warning": 1, "note": 2}', "2  →  (3)", "the order is the same"),
    ],
    "model/advice/case.py": [('part: str = ""', "\"\"  →  ('!')", "any name that is its own")],
    "model/advice/evidence.py": [
        (
            "if rto is not None and (generation.least_rto_ms is None or rto < generation.least_rto_ms):",
            "rto < generation.least_rto_ms  →  (rto <= generation.least_rto_ms)",
            "the least is the same",
        ),
        ("stalled_max_ms: float = 0.0", "0.0  →  (1.0)", "what counts as stalled took longer"),
        ("slow_max_ms: float = 0.0", "0.0  →  (1.0)", "what counts as slow took as long"),
        (
            'generation.rtx_readings += gained > 0 and self._apart("rtx", moment.now_s)',
            "\"rtx\"  →  ('rtx!')",
            "any name that is its own",
        ),
        (
            'generation.stalled_readings += self._apart("stalled", moment.now_s)',
            "\"stalled\"  →  ('stalled!')",
            "any name that is its own",
        ),
        ('counted = self._apart("read", moment.now_s)', "\"read\"  →  ('read!')", "any name that is its own"),
        (
            'counted = self._apart("queue", moment.now_s)',
            "\"queue\"  →  ('queue!')",
            "any name that is its own",
        ),
    ],
    "model/advice/checks/of_reading.py": [
        ('return ""', 'return ""  →  return None', "either says nothing"),
    ],
    "model/advice/signs.py": [
        (
            "if path.state not in _WELL or (path.errors or 0) >= MANY_ERRORS:",
            "0  →  (1)",
            "one error is not many either",
        ),
    ],
    "model/associations/both_ends.py": [
        ("_SEVERAL = -1", "1  →  (2)", "any number that is no place"),
        (
            "first = by_tags.setdefault((own, peer) if own < peer else (peer, own), place)",
            "(own, peer) if own < peer else (peer, own)  →  ((own, peer) if not own < peer else (peer, own))",
            "one order of the two is as good as the other",
        ),
        (
            "return entry.assoc_id < other.assoc_id",
            "entry.assoc_id < other.assoc_id  →  (entry.assoc_id <= other.assoc_id)",
            "they differ",
        ),
        (
            "return _last_resort(entry) > _last_resort(other)",
            "_last_resort(entry) > _last_resort(other)  →  (_last_resort(entry) >= _last_resort(other))",
            "no two records are alike in all of it",
        ),
    ],
    "model/associations/counters.py": [
        (
            "if word >> 1 <= before < word and through_zero < word >> 1:",
            "word >> 1 <= before < word  →  (word >> 1 < before < word)",
            "from the very middle no wrap is near enough",
        ),
        (
            "if word >> 1 <= before < word and through_zero < word >> 1:",
            "word >> 1 <= before < word  →  (word >> 1 <= before <= word)",
            "from a whole word the distance through zero is the new value",
        ),
    ],
    "model/associations/distribution.py": [
        (
            "if not self.n or self.min_ns is None or self.max_ns is None:",
            "not self.n or self.min_ns is None or self.max_ns is None  →  "
            "(not self.n and self.min_ns is None and (self.max_ns is None))",
            "all of it is so, or nothing",
        ),
        (
            "if extra <= 0:",
            "extra <= 0  →  (extra < 0)",
            "with nothing extra both ways give the value itself",
        ),
        ("min=round(low / NANOSECONDS, 6),", "6  →  (7)", "whole nanoseconds have no seventh digit"),
        ("max=round(high / NANOSECONDS, 6),", "6  →  (7)", "whole nanoseconds have no seventh digit"),
    ],
    "model/associations/events/event_log.py": [
        (
            "log = self._rare if rare(event) else self._frequent",
            "self._rare if rare(event) else self._frequent  →  (self._rare if not rare(event) else self._frequent)",
            "two of one size: which is which is a name",
        ),
    ],
    "model/associations/history.py": [
        ("MEMORY_CAP = 48 << 20", "20  →  (21)", "one more is kept: a bound on memory"),
        ("MEMORY_CAP = 48 << 20", "48  →  (49)", "one more is kept: a bound on memory"),
        ("LOOKED_AT = 64", "64  →  (65)", "one more is kept: a bound on memory"),
    ],
    "model/associations/events/missed_events.py": [
        (
            "self._last[netns] = sum(values.get(name, 0) for name in COUNTED.values())",
            "0  →  (1)",
            "only what is gained counts",
        ),
    ],
    "model/associations/path_changes.py": [
        ("changed = False", "False  →  (True)", "a copy is published that says the same"),
    ],
    "model/associations/life.py": [
        ("ended_s: float = 0.0", "0.0  →  (1.0)", "compared only with that of another that has not ended"),
    ],
    "model/ngap/header.py": [
        ("elif len(head) > length:", "len(head) > length  →  (len(head) >= length)", "cut to what it is"),
    ],
    "model/ngap/header_layout.py": [
        ("alternatives=4,", "4  →  (5)", "two bits choose among four at most"),
        ("core_most=4,", "4  →  (5)", "its two bits tell of four bytes at most"),
        ("ran_most=4,", "4  →  (5)", "its two bits tell of four bytes at most"),
    ],
    "model/passages/tnl_associations.py": [
        ("MOST_ASSOCIATIONS = 8192", "8192  →  (8193)", "one more is kept: a bound on memory"),
    ],
    "model/passages/unseen_messages.py": [
        ("MOST_DIRECTIONS = 4096", "4096  →  (4097)", "one more is kept: a bound on memory"),
        ("MOST_COUNTED = 2048", "2048  →  (2049)", "one more is kept: a bound on memory"),
        ("MOST_GAPS = 64", "64  →  (65)", "one more is kept: a bound on memory"),
    ],
    "model/passages/known_passages.py": [
        ("MOST_KEPT = 65_536", "65_536  →  (65537)", "one more is kept: a bound on memory"),
        ("MOST_AGAIN = 8192", "8192  →  (8193)", "one more is kept: a bound on memory"),
        ("RECENT = 256", "256  →  (257)", "one more is kept: a bound on memory"),
        (
            "at_ns for later, at_ns in known.recent if ahead(later, tsn) > 0 and at_ns < message.at_ns",
            "ahead(later, tsn) > 0  →  (ahead(later, tsn) >= 0)",
            "a number comes once",
        ),
        (
            "at_ns for later, at_ns in known.recent if ahead(later, tsn) > 0 and at_ns < message.at_ns",
            "at_ns < message.at_ns  →  (at_ns <= message.at_ns)",
            "what was missed for no time was not missed",
        ),
    ],
    "model/registrations/contexts.py": [
        ("MOST_NAMES = 64", "64  →  (65)", "one more is kept: a bound on memory"),
        ("MOST_PAST = 4096", "4096  →  (4097)", "one more is kept: a bound on memory"),
    ],
    "model/registrations/counting.py": [
        (
            "sides = ([one for one in registrations if one.from_ran is side] for side in (True, False))",
            "one.from_ran is side  →  (one.from_ran is not side)",
            "the two sides in the other order",
        ),
        ("MOST_TALLIES = 4096", "4096  →  (4097)", "one more is kept: a bound on memory"),
        ("MOST_STRANGE = 1024", "1024  →  (1025)", "one more is kept: a bound on memory"),
    ],
    "model/registrations/procedures.py": [
        ("MOST_OPEN = 20_000", "20_000  →  (20001)", "one more is kept: a bound on memory"),
        ("MOST_KINDS = 4096", "4096  →  (4097)", "one more is kept: a bound on memory"),
        (
            "repeated = self._open.get(self._by_name.get(alias, -1))",
            "1  →  (2)",
            "any number that is no place",
        ),
        ("asked = self._open.get(self._by_name.get(alias, -1))", "1  →  (2)", "any number that is no place"),
        (
            "self, asked: _Open, took_ns: int | None = None, failed: bool = False, cause: str | None = None",
            "False  →  (True)",
            "what was not answered did not fail",
        ),
    ],
    "model/registrations/tally.py": [
        (
            "if not times.n or times.min_ns is None or times.max_ns is None:",
            "not times.n or times.min_ns is None or times.max_ns is None  →  "
            "(not times.n and times.min_ns is None and (times.max_ns is None))",
            "all of it is so, or nothing",
        ),
        (
            '"min": round(times.min_ns / NANOSECONDS, 6),',
            "6  →  (7)",
            "whole nanoseconds have no seventh digit",
        ),
        (
            'found["max"] = round(times.max_ns / NANOSECONDS, 6)',
            "6  →  (7)",
            "whole nanoseconds have no seventh digit",
        ),
        ('"mean": round(self.mean_ms or 0.0, 6),', "0.0  →  (1.0)", "there is a mean where there is a time"),
        (
            "found[name] = round(times.percentile(share) or 0.0, 6)",
            "0.0  →  (1.0)",
            "a percentile of 0 is none that is told as 1",
        ),
    ],
    "model/registrations/tracker.py": [
        ("MOST_RUNNING = 20_000", "20_000  →  (20001)", "one more is kept: a bound on memory"),
    ],
    "kernel/netlink.py": [
        (
            "return -code if -_MOST_ERRNO <= code < 0 else 0",
            "-_MOST_ERRNO <= code < 0  →  (-_MOST_ERRNO <= code <= 0)",
            "minus 0 is 0",
        ),
    ],
    "kernel/reading/diag/diag_records.py": [
        ("interface: int = 0", "0  →  (1)", "every record that is read gives it"),
        (
            "return _request(family, sequence, NLM_F_REQUEST | NLM_F_DUMP, *ports, bytes(16), bytes(16), "
            "states=states)",
            "16  →  (17)",
            "what is packed is cut to 16 bytes",
        ),
    ],
    "kernel/reading/sockdiag.py": [
        (
            "self._sequence = self._sequence % 0x7FFFFFFF + 1",
            "0x7FFFFFFF  →  (2147483648)",
            "as good a number, and nobody asks as often",
        ),
    ],
}
