"""A moment of a recording as people write it: 3m, 1h2m3s, -30s, 50%, 12:03:44, 2026-11-23T12:03."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_SPAN = re.compile(
    r"(?=\d)(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_S = 86400.0
_UNITS_S = (DAY_S, 3600.0, 60.0, 1.0)


class MomentError(ValueError):
    """Text that names no moment or span; the message says what was expected."""


def span_s(text: str) -> float:
    """Seconds of ``90``, ``3m``, ``1h30m``, ``2d``. Raises MomentError."""
    found = _SPAN.fullmatch(text.strip())
    if found is None or len(text) > 40:
        raise MomentError(f"{text!r} is not a span of time like 90s, 3m, 1h30m or 2d")
    return sum(float(number) * unit for number, unit in zip(found.groups(), _UNITS_S, strict=True) if number)


def moment_s(text: str, first_s: float, last_s: float) -> float:
    """Seconds since 1970 of a moment between two: from the start, before the end (-), in per cent, or by the clock.

    A time of day is the first such time after the start, on this machine's clock. Raises MomentError, also for one
    that lies outside.
    """
    found_s = _found_s(text.strip(), text, first_s, last_s)
    # A recording that is to the second is asked for to the second.
    if not first_s - 1 <= found_s <= last_s + 1:
        first, last = (datetime.fromtimestamp(time_s) for time_s in (first_s, last_s))
        raise MomentError(f"{text!r} is not in this recording ({first:%Y-%m-%d %H:%M:%S} to {last:%H:%M:%S})")
    return found_s


def _found_s(word: str, text: str, first_s: float, last_s: float) -> float:
    if word.endswith("%"):
        return first_s + (last_s - first_s) * _percent(word) / 100
    if word.startswith("-"):
        return last_s - span_s(word[1:])
    clock = _CLOCK.fullmatch(word)
    if clock is not None:
        return _next_time_of_day(clock, first_s, text)
    try:
        return first_s + span_s(word)
    except MomentError:
        pass
    try:
        # By itself it also takes digits in a row for a date.
        return datetime.fromisoformat(_iso(word) if _DATE.match(word) else "").timestamp()
    except (ValueError, OverflowError, OSError):
        raise MomentError(f"{text!r} is not a moment (3m, -30s, 50%, 12:03:44, date and time)") from None


def _iso(word: str) -> str:
    """A date and time in the one form that Python 3.10 reads: six digits of a second, no Z."""
    return re.sub(r"Z$", "+00:00", re.sub(r"\.(\d{1,6})\d*", lambda found: f".{found[1]:0<6}", word))


def _percent(word: str) -> float:
    number = word[:-1]
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", number) or float(number) > 100:
        raise MomentError(f"{word!r} is not a share of 0% to 100%")
    return float(number)


def _next_time_of_day(clock: re.Match[str], first_s: float, text: str) -> float:
    hour, minute, second = int(clock[1]), int(clock[2]), float(clock[3] or 0)
    if hour > 23 or minute > 59 or second >= 60:
        raise MomentError(f"{text!r} is no time of day")
    first = datetime.fromtimestamp(first_s)
    found = first.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(seconds=second)
    # "12:03:44" means that very second, even if the first sample came in its middle.
    if found < first - timedelta(seconds=1):
        found += timedelta(days=1)
    return found.timestamp()
