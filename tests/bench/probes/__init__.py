"""What the probes cost: to compile, to attach, to pass by."""
