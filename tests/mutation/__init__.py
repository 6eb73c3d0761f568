"""Mutants: small changes of the code that a test should notice. `tests/mutate` runs them."""
