"""Floor 5: results as pictures and pages."""
