"""What goes out on the wire, one file per protocol."""
