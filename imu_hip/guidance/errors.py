"""Errors of guidance that a person can act on."""

from collections.abc import Sequence

from imu_hip.errors import ImuHipError


class ProtocolError(ImuHipError):
    """A protocol file is not usable as it is.

    Parameters
    ----------
    faults
        Every fault, each with its place.
    """

    def __init__(self, what: str, advice: str, faults: Sequence[str] = ()) -> None:
        super().__init__(what, advice)
        self.faults = tuple(faults)


class ResumeError(ImuHipError):
    """A session cannot be gone on with."""
