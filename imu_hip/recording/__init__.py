"""Floor 3: what was measured, from files and to files."""
