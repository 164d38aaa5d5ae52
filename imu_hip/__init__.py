"""Hip rotation from inertial sensors on the thighs and shins."""

__version__ = "0.1.0"
