"""What a session finished, as its history keeps it."""

import math
from datetime import UTC, datetime, timedelta

from imu_hip.guidance.plan import KeptBout, KeptRepetition
from imu_hip.history.records import BoutRecord, Moment, RepetitionRecord
from imu_hip.measures.repetitions import Repetition

_NOTHING = Repetition(
    direction=None,
    start_s=math.nan,
    end_s=math.nan,
    plateau_start_s=math.nan,
    plateau_end_s=math.nan,
    peak_deg=math.nan,
    thigh_elevation_deg=math.nan,
    knee_flexion_deg=math.nan,
)
"""What is measured of a repetition that was broken off."""


def moment_of(repetition: KeptRepetition) -> Moment:
    """When in its session a repetition was done."""
    return Moment.RETEST if repetition.retest else Moment.TEST


def record_of(repetition: KeptRepetition, recording: str) -> RepetitionRecord:
    """A repetition for the history.

    Parameters
    ----------
    recording
        Where the recording lies whose times the repetition has.
    """
    measured = repetition.measured or _NOTHING
    return RepetitionRecord(
        task=repetition.task,
        side=repetition.side,
        direction=repetition.direction,
        moment=moment_of(repetition),
        number=repetition.number,
        peak_deg=measured.peak_deg,
        plateau_s=measured.plateau_s,
        thigh_elevation_deg=measured.thigh_elevation_deg,
        knee_flexion_deg=measured.knee_flexion_deg,
        counted=repetition.counted,
        reason=repetition.reason,
        recording=recording,
        start_s=measured.start_s,
        end_s=measured.end_s,
    )


def bout_record_of(bout: KeptBout, ended_utc: datetime) -> BoutRecord:
    """A bout for the history; its best angle is the shin's least slope."""
    started_utc = ended_utc.astimezone(UTC) - timedelta(seconds=bout.duration_s)
    return BoutRecord(bout.side, started_utc, bout.duration_s, slope_of(bout.best_deg))


def reach_of(shin_slope_deg: float) -> float:
    """How far a stretch goes, more being further, from the shin's angle from the horizontal."""
    return -shin_slope_deg


def slope_of(reach_deg: float | None) -> float | None:
    """The shin's angle from the horizontal that a stretch reached; None where it is unknown."""
    return None if reach_deg is None else -reach_deg
