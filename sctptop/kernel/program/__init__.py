"""The program of the probes: its C for this kernel, compiled, loaded, attached, and its tables read."""
