"""One reading: sock_diag, /proc and the probes' facts, as associations."""
