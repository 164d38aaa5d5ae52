"""What a change of a session's progress means for its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from imu_hip.guidance.plan import KeptBout, KeptRepetition, Progress
from imu_hip.history.records import Moment, RepetitionRecord


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be written: repetitions that are gone, those that are new, and new bouts."""

    withdrawn: tuple[KeptRepetition, ...]
    added: tuple[KeptRepetition, ...]
    bouts: tuple[KeptBout, ...]


def kept_between(before: Progress, after: Progress) -> Kept:
    """What was finished, or taken back, from one progress to the next."""
    return Kept(
        withdrawn=_without(before.repetitions, after.repetitions),
        added=_without(after.repetitions, before.repetitions),
        bouts=tuple(bout for bout in after.bouts if bout not in before.bouts),
    )


def moment_of(repetition: KeptRepetition) -> Moment:
    """When in its session a repetition was done."""
    return Moment.RETEST if repetition.retest else Moment.TEST


def record_of(repetition: KeptRepetition, recording: str) -> RepetitionRecord | None:
    """A repetition for the history, None where nothing of it was measured.

    Parameters
    ----------
    recording
        Where the recording lies whose times the repetition has.
    """
    measured = repetition.measured
    if measured is None:
        return None
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


def _without(
    these: Sequence[KeptRepetition], those: Sequence[KeptRepetition]
) -> tuple[KeptRepetition, ...]:
    return tuple(one for one in these if one not in those)
