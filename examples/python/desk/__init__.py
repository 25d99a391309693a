"""A help desk: answers from a model, tools for orders, search over articles."""
