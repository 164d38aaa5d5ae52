"""Analyse a run or walk from a program: one call, frozen results, tables for pandas."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.reserve import with_passive
from imu_hip.analysis.results import Analysis, AngleTable
from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.gait_comparison import GaitComparison
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.reserve import Reserve
from imu_hip.measures.running import GaitTest
from imu_hip.names import Side
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

DIFFERENCE = "right minus left"
COLUMNS = ("side", "quantity", "unit", "mean", "sd", "low", "high", "strides", "mdc95")


@dataclass(frozen=True, slots=True, eq=False)
class RunAnalysis:
    """What a recording of running or walking says.

    Parameters
    ----------
    legs
        Femoral rotation through the stride of each leg that was measured.
    comparison
        Right against left; None where one leg was measured only.
    reserves
        How much of the passive range the run uses; empty without a passive test.
    hip_curves
        All three hip angles through the stride; empty without a pelvis sensor.
    warnings
        What was odd about the recording, in sentences.
    analysis
        Everything else: phases, calibration, sensors, angles over time.
    """

    legs: Mapping[Side, GaitTest]
    comparison: GaitComparison | None
    reserves: tuple[Reserve, ...]
    hip_curves: tuple[HipCurve, ...]
    warnings: tuple[str, ...]
    analysis: Analysis

    @property
    def angles(self) -> AngleTable:
        """Angles over the whole recording; `angles.to_frame()` makes a table of them."""
        return self.analysis.angles

    def to_frame(self) -> "pd.DataFrame":
        """One row for each leg and quantity, then one for each difference of the legs.

        Columns are side ("left", "right", "right minus left"), quantity, unit, mean, sd (between
        strides), low, high (95 % interval of the mean, or of the difference), strides (how many
        count) and mdc95 (of a difference: a smaller one is not measurable).
        """
        import pandas as pd  # noqa: PLC0415

        rows = [row for leg in self.legs.values() for row in _leg_rows(leg)]
        if self.comparison is not None:
            rows += _difference_rows(self.comparison)
        return pd.DataFrame.from_records(rows, columns=COLUMNS)

    def strides_frame(self) -> "pd.DataFrame":
        """One row for each counted stride of both legs, in the order of time."""
        import pandas as pd  # noqa: PLC0415

        tables = {side.value: leg.table.to_frame() for side, leg in self.legs.items()}
        together = pd.concat(tables, names=["side"]).reset_index("side")
        return together.sort_values("strike_s", kind="stable", ignore_index=True)

    def curves_frame(self) -> "pd.DataFrame":
        """Mean curves from foot strike to foot strike: one row for each leg and percent."""
        import pandas as pd  # noqa: PLC0415

        curves = {side.value: leg.to_frame() for side, leg in self.legs.items()}
        return pd.concat(curves, names=["side"]).reset_index("side").reset_index(drop=True)


def analyze_run(
    recording: Recording | str | Path, *, passive: Recording | str | Path | None = None
) -> RunAnalysis:
    """Measure what each femur does through the stride of a run or walk.

    Parameters
    ----------
    recording
        A recording, or the file, folder or zip that holds one.
    passive
        The same person's seated or prone test, to say how much of that range the run uses.

    Raises
    ------
    RecordingError
        Where a file cannot be read, or no leg has both of its sensors.
    CalibrationError
        Where no leg can be calibrated on what was recorded.
    NothingMeasuredError
        Where no leg walks or runs for long enough, or `passive` holds no seated or prone test.
    """
    run = _opened(recording)
    analysis = analyze(run)
    legs = {one.side: one for one in analysis.results if isinstance(one, GaitTest)}
    if not legs:
        raise NothingMeasuredError(
            f"{run.source or 'The recording'} holds no walking or running that can be measured.",
            "Record at least a minute of steady running with both sensors of a leg on.",
        )
    if passive is not None:
        analysis = with_passive(analysis, analyze(_opened(passive)))
    return RunAnalysis(
        legs={side: legs[side] for side in Side if side in legs},
        comparison=next(iter(analysis.gait_comparisons), None),
        reserves=analysis.reserves,
        hip_curves=analysis.hip_curves,
        warnings=analysis.warnings,
        analysis=analysis,
    )


def _opened(given: Recording | str | Path) -> Recording:
    return given if isinstance(given, Recording) else open_recording(given)


def _leg_rows(leg: GaitTest) -> list[dict[str, object]]:
    same = {"side": leg.side.value, "strides": leg.strides}
    of_the_stride = [
        ("stride_time", "s", leg.stride_time_s, leg.stride_time_sd_s),
        ("cadence", "steps a minute", leg.cadence_spm, None),
        ("stance", "% of the stride", 100.0 * leg.stance_fraction, None),
    ]
    rows: list[dict[str, object]] = [
        same | {"quantity": quantity, "unit": unit, "mean": mean, "sd": sd}
        for quantity, unit, mean, sd in of_the_stride
    ]
    for quantity, one in leg.statistics.items():
        rows.append(
            same
            | {"quantity": quantity.value, "unit": quantity.unit}
            | {"mean": one.mean, "sd": one.sd, "low": one.low, "high": one.high}
        )
    return rows


def _difference_rows(comparison: GaitComparison) -> list[dict[str, object]]:
    return [
        {"side": DIFFERENCE, "quantity": quantity.value, "unit": quantity.unit}
        | {"mean": one.difference, "low": one.low, "high": one.high, "mdc95": one.mdc95}
        for quantity, one in comparison.differences.items()
    ]
