"""From where on a rule of advice speaks up, and what of it becomes an alarm: what the user may set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Defaults are those of plain ``sctptop``. ``silent``: ids of rules that say nothing, and raise no alarm.

    ``alarm_severity``: problem, or warning, where both raise alarms. Shares are from 0 to 1.
    """

    unread_s: float = 5.0
    silent_s: float = 10.0
    closed_window_s: float = 3.0
    full_buffer_s: float = 3.0
    shutdown_s: float = 5.0
    lost_share: float = 0.002
    stalled_share: float = 0.01
    registrations: int = 10
    slow_core_ms: float = 500.0
    slow_ran_ms: float = 1500.0
    failed_share: float = 0.1
    linger_s: float = 10.0
    silent: frozenset[str] = frozenset()
    alarm_severity: str = "warning"
    alarms_kept: int = 1000


USUAL = Thresholds()
