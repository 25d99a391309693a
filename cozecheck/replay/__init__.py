"""Recorded requests sent again: what came then beside what comes now."""
