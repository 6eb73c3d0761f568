"""What one recording comes to: its ends, their settings, and their registrations by kind."""
