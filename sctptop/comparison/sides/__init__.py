"""Sides of a comparison, of one run or several: pooled for what is shown, run by run for what is claimed."""
