"""What BCC compiled, kept for the next start: compiling takes most of a start."""
