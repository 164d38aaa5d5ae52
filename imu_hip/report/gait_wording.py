"""What is read off a stride, in the words of the person who ran it."""

from typing import Final

from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.stride_statistics import StrideStatistic
from imu_hip.names import Task
from imu_hip.report.wording import NOT_MEASURED, degrees, known, signed_degrees

QUANTITY_WORDS: Final = {
    GaitQuantity.CYCLE_EXCURSION: "turn in a stride",
    GaitQuantity.STANCE_EXCURSION: "turn on the ground",
    GaitQuantity.SWING_EXCURSION: "turn in the air",
    GaitQuantity.AT_FOOT_STRIKE: "at foot strike",
    GaitQuantity.AT_MID_STANCE: "at mid-stance",
    GaitQuantity.AT_TOE_OFF: "at toe-off",
    GaitQuantity.AT_MID_SWING: "at mid-swing",
    GaitQuantity.PEAK_INTERNAL_AT: "furthest inward at",
    GaitQuantity.PEAK_EXTERNAL_AT: "furthest outward at",
    GaitQuantity.VARIABILITY: "spread between strides",
}
STEP_WORDS: Final = {Task.RUN: "running", Task.WALK: "walking"}


def quantity_value(quantity: GaitQuantity, value: float) -> str:
    """A value as people read it: phases with their sign, times in percent of the stride."""
    if not known(value):
        return NOT_MEASURED
    if quantity.timing:
        return f"{value:.0f} %"
    if quantity.excursion or quantity is GaitQuantity.VARIABILITY:
        return degrees(value)
    return signed_degrees(value)


def with_interval(statistic: StrideStatistic) -> str:
    """A mean with the 95 % interval that its strides leave, such as '12° (11 to 13°)'."""
    value = quantity_value(statistic.quantity, statistic.mean)
    if not known(statistic.low):
        return value
    if statistic.quantity.timing:
        return f"{value} ({statistic.low % 100:.0f} to {statistic.high % 100:.0f} %)"
    low, high = (_tenths(v) for v in (statistic.low, statistic.high))
    return f"{_tenths(statistic.mean)}° ({low} to {high}°)"


def _tenths(value_deg: float) -> str:
    # Intervals of long runs are narrower than a degree.
    return degrees(value_deg, 1).rstrip("°")


def turned(difference_deg: float) -> str:
    """A turn with its direction, such as 'inward 5°'."""
    if not known(difference_deg):
        return NOT_MEASURED
    if round(difference_deg) == 0:
        return "hardly turns"
    return f"{'inward' if difference_deg > 0 else 'outward'} {degrees(abs(difference_deg))}"
