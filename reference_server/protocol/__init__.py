"""Request bytes to our own request value, one file per protocol."""
