"""Many recordings to one tidy table."""
