"""Angles that are to be checked, from a recording or from a file."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.results import Analysis
from imu_hip.exchange.angle_columns import Key, measured_angles
from imu_hip.exchange.angle_file import AngleFile
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.cycles import REPETITION, STRIDE, Units, units_of
from imu_hip.measures.running import GaitTest
from imu_hip.measures.tracks import Track
from imu_hip.names import Side


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The angles that are to be checked.

    Parameters
    ----------
    units
        For each side the strides and the repetitions that are known, on the estimate's clock;
        empty where only a file of angles is there.
    """

    source: str
    tracks: Mapping[Key, Track]
    units: Mapping[Side, tuple[Units, ...]]
    notes: tuple[str, ...] = ()
    simulated: bool = False


def estimate_of_recording(analysis: Analysis) -> Estimate:
    """The angles of an analysed recording, with its strides and repetitions.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured.
    """
    measured = measured_angles(analysis.angles)
    tracks = {key: Track(measured.time_s, values) for key, values in measured.values.items()}
    units = {side: _units_in(analysis, side) for side in Side}
    recording = analysis.recording
    return Estimate(recording.source, tracks, units, analysis.warnings, recording.simulated)


def estimate_of_file(file: AngleFile) -> Estimate:
    """The angles of a file."""
    return Estimate(file.source, tracks_of(file), dict.fromkeys(Side, ()), file.notes)


def tracks_of(file: AngleFile) -> dict[Key, Track]:
    """The angles of a file that hold any number."""
    return {
        key: Track(file.time_s, values)
        for key, values in file.values.items()
        if np.isfinite(values).any()
    }


def _units_in(analysis: Analysis, side: Side) -> tuple[Units, ...]:
    """Strides of walks and runs, and repetitions of tests, those that count, in order of time."""
    # By kind and not by result: a recording may hold a seated and a prone test.
    parts: dict[str, list[tuple[float, float]]] = {}
    for result in analysis.results:
        if result.side is not side:
            continue
        if isinstance(result, GaitTest):
            strides = zip(result.table.strike_s, result.table.end_s, strict=True)
            parts.setdefault(STRIDE, []).extend(strides)
        # A repetition of the cross-legged test is one hold: nothing moves that has an excursion.
        elif not isinstance(result, CrossLeggedTest):
            valid = ((one.start_s, one.end_s) for one in result.repetitions if one.valid)
            parts.setdefault(REPETITION, []).extend(valid)
    return tuple(
        units_of(word, *zip(*sorted(own), strict=True)) for word, own in parts.items() if own
    )
