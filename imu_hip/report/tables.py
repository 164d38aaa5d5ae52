"""The tables of the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from imu_hip.analysis.results import LegCalibrationQuality, Result, SensorQuality
from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import FOOT, TURN, Direction, Side
from imu_hip.report.sentences import norm_sentence, target_sentence
from imu_hip.report.wording import (
    clock,
    decimals_apart,
    degrees,
    known,
    signed_degrees,
    with_error,
)

MEASURE_WORDS = {
    "internal": "inward turn",
    "external": "outward turn",
    "total_arc": "both together",
    "shin_slope": "shin from horizontal",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts; the first cell of a row heads it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def repetition_grid(side: Side, repetitions: Sequence[Repetition]) -> Grid:
    """The repetitions of one leg in order, each with whether it counts or why not."""
    rows = tuple(
        (
            str(number),
            TURN[r.direction] if r.direction else "crossed",
            clock(r.start_s) if known(r.start_s) else "–",
            degrees(r.peak_deg),
            "counts" if r.valid else f"left out: {r.reason}",
        )
        for number, r in enumerate(repetitions, 1)
    )
    return Grid(f"{side.capitalize()} leg", ("No.", "Turn", "At", "Angle", "Counts?"), rows)


def ranges_grid(tests: Mapping[Side, RotationTest]) -> Grid:
    """Range, target and norms of each leg and direction."""
    rows: list[tuple[str, ...]] = []
    for direction in Direction:
        words = f"{TURN[direction].capitalize()} turn, {FOOT[direction]}"
        ranges = {side: test.range(direction) for side, test in tests.items()}
        sem = {side: test.uncertainty.sem_deg for side, test in tests.items()}
        rows.append((words, *(with_error(r.mean_deg, sem[side]) for side, r in ranges.items())))
        if not any(known(r.mean_deg) for r in ranges.values()):
            continue
        rows.append(("against the target", *(target_sentence(r) for r in ranges.values())))
        if not any(r.norms for r in ranges.values()):
            continue
        rows.append(
            (
                "against norms",
                *(
                    "; ".join(norm_sentence(tests[side].task, direction, p) for p in r.norms)
                    for side, r in ranges.items()
                ),
            )
        )
    caption = "Target and norms" if has_norms(tests.values()) else "Target"
    return Grid(caption, ("", *(side.capitalize() for side in tests)), tuple(rows))


def has_norms(results: Iterable[Result]) -> bool:
    """Whether any range has a place among norms."""
    return any(
        result.range(direction).norms
        for result in results
        if isinstance(result, RotationTest)
        for direction in Direction
    )


def crossing_grid(tests: Mapping[Side, CrossLeggedTest]) -> Grid:
    """Shin and thigh of each crossed leg."""
    rows = (
        (
            "Shin from horizontal",
            *(with_error(t.shin_slope_deg, t.uncertainty.sem_deg) for t in tests.values()),
        ),
        (
            "Thigh above level",
            *(degrees(t.thigh_elevation_deg) for t in tests.values()),
        ),
    )
    return Grid("Angles", ("", *(side.capitalize() for side in tests)), rows)


def comparison_grid(comparisons: Sequence[SideDifference]) -> Grid:
    """Left against right with the measurement error and the verdict."""
    rows = tuple(
        (
            measure_words(c.measure),
            degrees(c.left_deg),
            degrees(c.right_deg),
            judged(c.difference_deg, c.mdc95_deg, measurable=c.measurable),
        )
        for c in comparisons
    )
    return Grid("Left and right", ("", "Left", "Right", "Right minus left"), rows)


def measure_words(measure: str) -> str:
    """A measure as people read it, such as 'inward turn, foot moves out'."""
    words = MEASURE_WORDS.get(measure, measure.replace("_", " "))
    return f"{words}, {FOOT[Direction(measure)]}" if measure in set(Direction) else words


def judged(difference_deg: float, error_deg: float, *, measurable: bool) -> str:
    """A difference with its error and whether it can be told from chance."""
    decimals = decimals_apart(difference_deg, error_deg) if measurable else 0
    size = signed_degrees(difference_deg, decimals)
    verdict = "measurable" if measurable else "no measurable difference"
    return f"{size} (error {degrees(error_deg, decimals)}): {verdict}"


def calibration_grid(legs: Sequence[LegCalibrationQuality]) -> Grid:
    """How each leg was calibrated and how well."""
    rows = tuple(
        (
            leg.side.capitalize(),
            leg.source,
            f"±{degrees(leg.uncertainty_deg, 1)}",
            degrees(leg.pose_residual_deg, 1),
            degrees(leg.hinge_residual_deg, 1),
            degrees(leg.gait_disagreement_deg, 1) if known(leg.gait_disagreement_deg) else "–",
        )
        for leg in legs
    )
    head = ("Leg", "From", "Error", "Pose", "Hinge", "Gait")
    return Grid("Calibration", head, rows)


def sensor_grid(sensors: Sequence[SensorQuality]) -> Grid:
    """What each sensor delivered."""
    rows = tuple(
        (
            sensor.segment.words.capitalize(),
            f"{sensor.sampling_rate_hz:.4g} Hz",
            sensor.orientation_from,
            f"{sensor.lost_percent:.1f} %",
            f"{sensor.gaps}, longest {sensor.longest_gap_s:.2f} s" if sensor.gaps else "none",
        )
        for sensor in sensors
    )
    return Grid("Sensors", ("Sensor", "Rate", "From", "Lost", "Gaps"), rows)


def repetitions_of(result: Result) -> tuple[Repetition, ...]:
    """The repetitions of a test, none for walking and running."""
    return () if isinstance(result, GaitTest) else result.repetitions
