"""The dashboard: draws snapshots, touches no kernel."""
