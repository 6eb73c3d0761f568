"""What is drawn in the box below the table: one file a view."""
