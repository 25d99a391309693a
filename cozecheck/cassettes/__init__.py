"""Recordings written: scrubbed, as vcrpy writes them, and read back."""
