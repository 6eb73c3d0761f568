"""Advice: rules on what the samples show, each with its evidence."""
