"""How often sctptop can look, in seconds."""

INTERVAL_MIN_S, INTERVAL_MAX_S = 0.1, 3600.0
