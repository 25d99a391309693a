"""What an exchange is read as; checks take a view, and None means: not for you."""
