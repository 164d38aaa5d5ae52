"""Readers and writers, one module a format."""

from imu_hip.recording.formats.registry import open_recording, write_recording

__all__ = ["open_recording", "write_recording"]
