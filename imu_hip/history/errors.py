"""What can go wrong with the history, told in words."""

from imu_hip.errors import ImuHipError


class HistoryError(ImuHipError):
    """The history cannot be used as it is, or holds nothing of what was asked for."""
