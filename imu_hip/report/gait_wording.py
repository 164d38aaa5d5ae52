"""What is read off a stride, in the words of the person who ran it."""

from typing import Final

from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.stride_statistics import StrideStatistic
from imu_hip.names import Task
from imu_hip.report.wording import NOT_MEASURED, degrees, known, signed_degrees

QUANTITY_WORDS: Final = {
    GaitQuantity.CYCLE_EXCURSION: "rotation in a stride",
    GaitQuantity.STANCE_EXCURSION: "rotation on the ground",
    GaitQuantity.SWING_EXCURSION: "rotation in the air",
    GaitQuantity.AT_FOOT_STRIKE: "at foot strike",
    GaitQuantity.AT_MID_STANCE: "at mid-stance",
    GaitQuantity.AT_TOE_OFF: "at toe-off",
    GaitQuantity.AT_MID_SWING: "at mid-swing",
    GaitQuantity.PEAK_INTERNAL_AT: "furthest inward at",
    GaitQuantity.PEAK_EXTERNAL_AT: "furthest outward at",
    GaitQuantity.VARIABILITY: "spread between strides",
}
_UNITS: Final = ("°", " %", " s", " a minute")
STEP_WORDS: Final = {Task.RUN: "running", Task.WALK: "walking"}


def quantity_value(quantity: GaitQuantity, value: float) -> str:
    """A value as people read it: phases with their sign, times in percent of the stride."""
    if not known(value):
        return NOT_MEASURED
    if quantity.timing:
        return f"{value:.0f} %"
    if quantity is GaitQuantity.VARIABILITY:
        # Strides of one person differ by about a degree.
        return degrees(value, 1)
    if quantity.excursion:
        return degrees(value)
    return signed_degrees(value)


def with_interval(statistic: StrideStatistic) -> str:
    """A mean with the 95 % interval that its strides leave, such as '12° (11 to 13°)'."""
    quantity = statistic.quantity
    value = quantity_value(quantity, statistic.mean)
    if not known(statistic.low):
        return value
    low, high = (
        quantity_value(quantity, edge % 100.0 if quantity.timing else edge)
        for edge in (statistic.low, statistic.high)
    )
    # The interval of a long run is narrower than what is shown.
    return value if low == high else f"{value} ({interval(low, high)})"


def interval(low: str, high: str) -> str:
    """Two values of one unit as a range, such as '11 to 13°'."""
    unit = next((unit for unit in _UNITS if high.endswith(unit)), "")
    return f"{low.removesuffix(unit)} to {high}"


def turned(difference_deg: float) -> str:
    """A turn with its direction, such as 'inward 5°'."""
    if not known(difference_deg):
        return NOT_MEASURED
    if round(difference_deg) == 0:
        return "hardly turns"
    return f"{'inward' if difference_deg > 0 else 'outward'} {degrees(abs(difference_deg))}"
