"""What is made of the associations from sample to sample: rows, rates, series, round trips, waits."""
