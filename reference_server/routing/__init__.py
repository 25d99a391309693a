"""Model names to engines: pure decisions."""
