"""What a few series of one key were over time, packed."""
