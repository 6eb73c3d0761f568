"""What readings cost: on a real kernel, and the sctptop part of readings after the first."""
