"""Floor 4: sensors on the air, from finding them to a recording on one timeline."""
