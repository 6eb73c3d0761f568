"""What this host lacks, and the command that helps."""
