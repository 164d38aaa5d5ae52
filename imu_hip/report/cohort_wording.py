"""Measures, values and groups of a cohort as people read them."""

from typing import Final

from imu_hip.measures.agreement import Interval
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.names import Task
from imu_hip.report.gait_wording import QUANTITY_WORDS, interval, quantity_value
from imu_hip.report.tables import measure_words
from imu_hip.report.wording import TEST_NAME, known, number

_RHYTHM_WORDS: Final = {
    "stride_time": "time of a stride",
    "cadence": "cadence",
    "stance": "foot on the ground",
}
_RHYTHM_UNITS: Final = {
    "stride_time": (2, " s"),
    "cadence": (0, " a minute"),
    "stance": (0, " %"),
}
MAIN_MEASURES: Final = {
    Task.SEATED: ("internal", "external"),
    Task.PRONE: ("internal", "external"),
    Task.CROSS_LEGGED: ("shin_slope",),
    Task.WALK: (GaitQuantity.CYCLE_EXCURSION.value,),
    Task.RUN: (GaitQuantity.CYCLE_EXCURSION.value,),
}
"""What a test is done for; everything else is folded away."""


def words_of(measure: str) -> str:
    """A measure in words, such as 'inward turn, foot moves out'."""
    if measure in set(GaitQuantity):
        return QUANTITY_WORDS[GaitQuantity(measure)]
    return _RHYTHM_WORDS.get(measure) or measure_words(measure)


def short_words_of(measure: str) -> str:
    """The same without what the foot does."""
    return words_of(measure).split(", ", maxsplit=1)[0]


def heading_of(task: Task, measure: str) -> str:
    """A measure of a test as a heading of its own."""
    return f"{TEST_NAME[task]}: {words_of(measure)}"


def value_words(measure: str, value: float) -> str:
    """A value with its unit, with the decimals that it deserves."""
    if measure in set(GaitQuantity):
        quantity = GaitQuantity(measure)
        return quantity_value(quantity, value % 100.0 if quantity.timing else value)
    decimals, unit = _RHYTHM_UNITS.get(measure, (0, "°"))
    return f"{number(value, decimals)}{unit}"


def mean_words(measure: str, mean: Interval | None) -> str:
    """A mean with its interval, such as '38° (36 to 40°)'."""
    if mean is None:
        return "–"
    value = value_words(measure, mean.value)
    if not known(mean.low):
        return value
    low, high = value_words(measure, mean.low), value_words(measure, mean.high)
    return value if low == high else f"{value} ({interval(low, high)})"


def differs_words(measure: str, difference: Interval) -> str:
    """A difference of two means: one of times is never the long way round a stride."""
    if measure in set(GaitQuantity) and GaitQuantity(measure) is not GaitQuantity.VARIABILITY:
        return mean_words("", difference)
    return mean_words(measure, difference)


def people_words(count: int) -> str:
    """A number of people."""
    return "1 person" if count == 1 else f"{count} people"


def recordings_words(count: int) -> str:
    """A number of recordings."""
    return "1 recording" if count == 1 else f"{count} recordings"


def unit_of_axis(unit: str) -> str:
    """A unit as an axis names it."""
    return {"°": "angle (°)", "s": "time (s)"}.get(unit, unit)
