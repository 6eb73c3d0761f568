"""Numbers as people read them: right-sized, with their unit, and a dash for what is not known."""

from __future__ import annotations

from math import ceil, floor, log10

UNKNOWN = "–"
"""What stands for a value that could not be read. Never 0."""

Value = int | float | str | bool | tuple[str, ...] | None


def short(number: float) -> str:
    """At most five characters: 0, 812, 4.4k, 106k, 1.5M; thousands are 1000s.

    >>> [short(n) for n in (0, 812, 4380, 106496, 1_500_000, -2500)]
    ['0', '812', '4.4k', '106k', '1.5M', '-2.5k']
    """
    if number < 0:
        return "-" + short(-number)
    if number < 1000 and (number == int(number) or number >= 100):
        return f"{number:.0f}"
    if number < 1000:
        return f"{number:.1f}"
    for suffix in "kMGTP":
        number /= 1000
        if number < 9.95:
            return f"{number:.1f}{suffix}"
        if number < 999.5:
            return f"{number:.0f}{suffix}"
    return f"{number:.0f}E"


def milliseconds(value: float) -> str:
    """A duration: 410µs, 8ms, 7.9ms, 100ms, 3.0s, 60s, 2m05s, 5h07m, 1d02h.

    >>> [milliseconds(v) for v in (0, 0.41, 8, 7.94, 99.96, 3000, 60000, 125000, 18_420_000, 93_600_000)]
    ['0ms', '410µs', '8ms', '7.9ms', '100ms', '3.0s', '60s', '2m05s', '5h07m', '1d02h']
    """
    if value == 0:
        return "0ms"
    if value < 1:
        return f"{value * 1000:.0f}µs"
    if value < 1000:
        return f"{value:.0f}ms" if value == int(value) or value >= 99.95 else f"{value:.1f}ms"
    seconds = value / 1000
    if seconds < 100:
        return f"{seconds:.1f}s" if seconds < 10 else f"{seconds:.0f}s"
    for unit, small, size in (("m", "s", 60), ("h", "m", 3600)):
        if seconds < size * 60 * (1 if unit == "m" else 24 / 60):
            return f"{int(seconds) // size}{unit}{int(seconds) % size // (size // 60):02d}{small}"
    return f"{int(seconds) // 86400}d{int(seconds) % 86400 // 3600:02d}h"


def show(value: Value, unit: str = "") -> str:
    """A value in its unit: ``B`` bytes, ``ms`` durations, ``/s`` rates, ``n`` counts; else as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value) or UNKNOWN
    if isinstance(value, str):
        return value
    if unit == "ms":
        return milliseconds(value)
    if unit == "hex":
        return f"{int(value):#010x}"
    if unit in ("B", "n", "/s"):
        return short(value)
    return str(value)


def counted(number: int, thing: str) -> str:
    """``1 part``, ``2 parts``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def round_steps(low: float, high: float) -> list[float]:
    """What to mark on a logarithmic axis that holds both (above 0): 1, 2 and 5 times powers of ten.

    From the last at or below ``low`` to the first at or above ``high``.

    >>> round_steps(0.3, 4), round_steps(2, 5)
    ([0.2, 0.5, 1.0, 2.0, 5.0], [2.0, 5.0])
    """
    powers = range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
    steps = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    first = max(step for step in steps if step <= low * (1 + 1e-9))
    last = min(step for step in steps if step >= high * (1 - 1e-9))
    return [step for step in steps if first <= step <= last]


def span_text(seconds: float) -> str:
    """A length of time for a caption, in whole seconds: 3s, 54s, 9m30s."""
    return f"{round(seconds)}s" if seconds < 99.5 else milliseconds(round(seconds) * 1000)
