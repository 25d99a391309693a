"""What the API promises: the installed SDK's types, and a cited overlay."""
