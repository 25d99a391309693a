"""A reverse proxy that records what flows through it, and holds nothing up."""
