"""The statistics of a comparison: numbers in, ratios with intervals and answers out; nothing here knows SCTP."""
