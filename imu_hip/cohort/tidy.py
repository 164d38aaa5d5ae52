"""The results of one recording as rows of the tidy table."""

from dataclasses import dataclass
from typing import Final

from imu_hip.analysis.results import Analysis
from imu_hip.measures.comparison import task_of
from imu_hip.measures.gait_values import gait_values
from imu_hip.measures.measured_range import Measured, ranges_of
from imu_hip.measures.running import GaitTest
from imu_hip.names import SHIN, THIGH, Side

GOOD: Final = "good"
SIMULATED: Final = "simulated"
USUAL_REPETITIONS: Final = 3
MOST_LOST_PERCENT: Final = 5.0
"""Of ten seconds, half a second: as much as one hold of a repetition may lose."""


@dataclass(frozen=True, slots=True)
class TidyRow:
    """One measured value; `uncertainty` is its standard uncertainty, in `unit` as `mdc95`."""

    task: str
    side: str
    measure: str
    value: float
    unit: str
    uncertainty: float
    mdc95: float
    repetitions: int
    quality: str


def tidy_rows(analysis: Analysis) -> tuple[TidyRow, ...]:
    """Every range and every quantity of the strides, in the order of tasks and sides."""
    return tuple(
        row
        for result in analysis.results
        for row in (
            _of_gait(result, analysis)
            if isinstance(result, GaitTest)
            else _of_test(result, analysis)
        )
    )


def _of_test(result: Measured, analysis: Analysis) -> list[TidyRow]:
    return [
        TidyRow(
            task=found.task.value,
            side=found.side.value,
            measure=found.measure,
            value=found.value_deg,
            unit="°",
            uncertainty=found.uncertainty.sem_deg,
            mdc95=found.uncertainty.mdc95_deg,
            repetitions=found.repetitions,
            quality=_quality(analysis, found.side, _few(found.repetitions)),
        )
        for found in ranges_of(result)
    ]


def _of_gait(result: GaitTest, analysis: Analysis) -> list[TidyRow]:
    few = "" if result.enough else f"only {result.strides} strides count"
    quality = _quality(analysis, result.side, few)
    return [
        TidyRow(
            task=task_of(result).value,
            side=result.side.value,
            measure=found.measure,
            value=found.value,
            unit=found.unit,
            uncertainty=found.sem,
            mdc95=found.mdc95,
            repetitions=result.strides,
            quality=quality,
        )
        for found in gait_values(result)
    ]


def _few(repetitions: int) -> str:
    if repetitions >= USUAL_REPETITIONS:
        return ""
    return "only one repetition counts" if repetitions == 1 else f"only {repetitions} count"


def _quality(analysis: Analysis, side: Side, few: str) -> str:
    """What lowers the trust in a leg's values; warnings that name the leg are taken as they are."""
    words = [SIMULATED] if analysis.recording.simulated else []
    words += [few] if few else []
    # What the other leg's sensors lost says nothing of this one.
    own = (THIGH[side], SHIN[side])
    for sensor in analysis.sensors:
        if sensor.segment in own and sensor.lost_percent > MOST_LOST_PERCENT:
            words.append(f"{sensor.segment.words} lost {sensor.lost_percent:.0f} % of its samples")
    words += [
        warning.rstrip(".") for warning in analysis.warnings if f"{side.value} " in warning.lower()
    ]
    return "; ".join(words) or GOOD
