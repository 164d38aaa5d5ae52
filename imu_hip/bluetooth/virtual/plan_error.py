"""The refusal of a description of virtual sensors."""

from imu_hip.errors import ImuHipError


class VirtualPlanError(ImuHipError):
    """The description of virtual sensors cannot be understood."""
