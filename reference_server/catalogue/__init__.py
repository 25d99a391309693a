"""Models in files: what they say of themselves, and indexes of them."""
