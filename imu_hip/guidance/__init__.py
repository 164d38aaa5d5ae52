"""Guided tests and stretches: protocols, and the session that leads a person through them."""
