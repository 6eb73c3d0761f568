"""What the views share along time: which readings are shown, the clock below them, the cursor, and marks."""
