"""Text messages: the port and the built-in sender that writes them to a file."""
