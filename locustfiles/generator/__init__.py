"""The load generator: what is sent, when, and what is measured."""
