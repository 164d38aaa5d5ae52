"""Drivers, one a sensor: bytes to samples and back, without asyncio, clock or files."""
