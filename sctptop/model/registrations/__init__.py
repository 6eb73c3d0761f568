"""Registrations of UEs: followed, ended, counted, and their time split."""
