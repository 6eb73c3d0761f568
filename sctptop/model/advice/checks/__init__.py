"""The checks of the rules of advice: what each finds, by what it is about."""
