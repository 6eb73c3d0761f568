"""The install, proven in clean roots of Debian releases; `tests/install/run` makes them and prints a table."""
