"""Pure derivations from samples: no I/O, no clock, no Textual."""
