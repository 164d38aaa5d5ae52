"""Floor 6: the command line, one thin module a command."""
