"""Hosts and recordings made up for benchmarks."""
