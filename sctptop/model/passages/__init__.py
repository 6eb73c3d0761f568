"""The ways of messages of NGAP and S1AP between two nodes: what held them up, what was lost, and what was not seen."""
