"""Floor 2: what the angles mean."""
