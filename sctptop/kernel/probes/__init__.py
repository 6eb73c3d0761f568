"""The probes: their program, where it attaches, what it writes."""
