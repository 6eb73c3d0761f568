"""The command line: what may be said, and what it means."""
