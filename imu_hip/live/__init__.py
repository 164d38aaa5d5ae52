"""A running session: sensors, angles, guidance, recording and history together."""
