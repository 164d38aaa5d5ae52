"""Results as sentences that the measured person understands."""

from typing import Final

from imu_hip.analysis.results import Result
from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.measures.norms import norms_for
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.rotation_test import NormPlace, Range, RotationTest
from imu_hip.names import FOOT, TURN, Direction, Side, Task
from imu_hip.report.gait_sentences import gait_headline
from imu_hip.report.wording import NOT_MEASURED, degrees, give_or_take, known, size_and_error

_SAME: Final = {
    "internal": " turning inward (foot moves out)",
    "external": " turning outward (foot moves in)",
    "total_arc": " in the total arc",
    "shin_slope": " in the slope of the shin",
}


def headline(result: Result) -> str:
    """What one leg did in one test."""
    if isinstance(result, RotationTest):
        return _rotation_headline(result)
    if isinstance(result, CrossLeggedTest):
        return _cross_legged_headline(result)
    return gait_headline(result)


def _rotation_headline(test: RotationTest) -> str:
    error = give_or_take(test.uncertainty.sem_deg)
    parts = {
        direction: f"{TURN[direction]} {degrees(value)} {error} ({FOOT[direction]})"
        for direction in Direction
        if known(value := test.range(direction).mean_deg)
    }
    if not parts:
        return f"Your {test.side} hip was not measured: {_without_valid(test.repetitions)}."
    if len(parts) == 2:
        return f"Your {test.side} hip turns {' and '.join(parts.values())}."
    (direction,) = set(Direction) - parts.keys()
    return (
        f"Your {test.side} hip turns {''.join(parts.values())}; "
        f"{TURN[direction]} was {NOT_MEASURED}."
    )


def _without_valid(repetitions: tuple[Repetition, ...]) -> str:
    if not repetitions:
        return "no repetition was found"
    if len(repetitions) == 1:
        return "the only repetition does not count"
    return f"none of the {len(repetitions)} repetitions counts"


def _cross_legged_headline(test: CrossLeggedTest) -> str:
    slope = test.shin_slope_deg
    if slope is None or not known(slope):
        return f"Your {test.side} leg was not measured: {_without_valid(test.repetitions)}."
    error = give_or_take(test.uncertainty.sem_deg)
    if round(slope) == 0:
        return f"With your {test.side} leg crossed, its shin lies horizontal ({error})."
    end = "knee higher than ankle" if slope > 0 else "ankle higher than knee"
    return (
        f"With your {test.side} leg crossed, its shin lies {degrees(abs(slope))} {error} "
        f"from horizontal ({end})."
    )


def comparison_sentence(difference: SideDifference) -> str:
    """Left against right, with the measurement error that it must exceed."""
    size, error = size_and_error(
        difference.difference_deg, difference.mdc95_deg, exceeds=difference.measurable
    )
    if not difference.measurable:
        about = _SAME.get(difference.measure, "")
        return (
            f"No measurable difference between left and right{about}: "
            f"{size} is within the measurement error of {error}."
        )
    less = Side.LEFT if difference.difference_deg > 0 else Side.RIGHT
    told = _less_than(difference.measure, less, size)
    return f"{told}; that is more than the measurement error of {error}."


def _less_than(measure: str, less: Side, size: str) -> str:
    more = less.other
    if measure in ("internal", "external"):
        turn = f"{TURN[Direction(measure)]} ({FOOT[Direction(measure)]})"
        return f"Your {less} hip turns {turn} {size} less than your {more}"
    if measure == "total_arc":
        return f"Your {less} hip turns {size} less in all than your {more}"
    if measure == "shin_slope":
        return f"Your {more} shin slopes {size} more than your {less}"
    return f"Your {less} side shows {size} less than your {more}"


def norm_sentence(task: Task, direction: Direction, place: NormPlace) -> str:
    """Where a range stands among one published population."""
    people = next(
        (
            f"{norm.n} {norm.sex} {norm.population}"
            for norm in norms_for(task, direction, place.sex)
            if norm.source == place.source
        ),
        f"{place.sex} people in {place.source}",
    )
    if place.percentile < 1.0:
        return f"less than 99 % of {people}"
    return f"more than {min(round(place.percentile), 99)} % of {people}"


def target_sentence(measured: Range) -> str:
    """How far a range stays below the target."""
    if not known(measured.deficit_deg):
        return NOT_MEASURED
    if measured.deficit_deg == 0:
        return f"reaches {degrees(TARGET_DEG)}"
    return f"{degrees(measured.deficit_deg)} below {degrees(TARGET_DEG)}"
