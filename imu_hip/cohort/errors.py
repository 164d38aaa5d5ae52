"""What can go wrong with a cohort as a whole; a bad recording is listed and stops nothing."""

from imu_hip.errors import ImuHipError


class CohortError(ImuHipError):
    """A cohort cannot be measured as it was asked for."""


class PeopleError(CohortError):
    """The table of people is not usable as it is."""
