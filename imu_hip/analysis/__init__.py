"""Floor 4: from one recording to results."""
