"""Model names to engines: pure decisions, and the little that is counted for them."""
