"""What a session waits for while a leg is tested or stretched, from the leg's newest angles."""

import math
from collections.abc import Iterator

from imu_hip.analysis.live_untwisted import TestMemory
from imu_hip.guidance.events import (
    Event,
    MovementBegan,
    PlateauReached,
    Posture,
    RepetitionEnded,
    StretchAngle,
)
from imu_hip.guidance.watching import Watching
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.live.kept import reach_of
from imu_hip.live.leg_stream import LegNews
from imu_hip.measures.live_repetitions import (
    HoldReached,
    LiveEvent,
    LiveRepetitions,
    MovementStarted,
)
from imu_hip.measures.repetitions import Repetition, RepetitionParameters
from imu_hip.names import Side

POSTURE_S = 0.2
"""How often the posture is told."""


class MovementWatch:
    """Watches one leg in one task; from practice to the last repetition it is the same one.

    Parameters
    ----------
    calibration
        That of the leg.
    origin_s
        When the recording began, on the clock of the samples.
    """

    def __init__(
        self,
        watching: Watching,
        calibration: LegCalibration,
        sampling_rate_hz: float,
        origin_s: float,
    ) -> None:
        if watching.task is None or watching.side is None:
            raise ValueError("no leg and no task to watch")
        self.watched = same_movement(watching)
        self._side: Side = watching.side
        self._origin_s = origin_s
        gates = watching.gates or RepetitionParameters()
        self._repetitions = LiveRepetitions(watching.task, gates, watching.hold_s, sampling_rate_hz)
        self._memory = TestMemory(
            watching.task, watching.side, calibration, gates, sampling_rate_hz
        )
        self._found: list[Repetition] = []
        self._posture_due_s = -math.inf

    def feed(self, news: LegNews) -> Iterator[Event]:
        """What the newest angles show."""
        if news.angles is None or not len(news.time_s):
            return
        time_s = news.time_s - self._origin_s
        leg = self._memory.feed(time_s, news.thigh, news.shin, news.angles)
        for told in self._repetitions.feed(leg):
            yield self._event(told)
        now_s = float(news.time_s[-1])
        if now_s >= self._posture_due_s:
            self._posture_due_s = now_s + POSTURE_S
            yield Posture(self._side, self._repetitions.posture_problem())

    def keep_now(self) -> RepetitionEnded | None:
        """The repetition whose plateau is now, because the person says so; None at rest."""
        kept = self._repetitions.keep_now()
        return None if kept is None else self._ended(kept.repetition)

    def _event(self, told: LiveEvent) -> Event:
        if isinstance(told, MovementStarted):
            return MovementBegan(self._side, told.direction)
        if isinstance(told, HoldReached):
            return PlateauReached(self._side, told.direction, told.angle_deg)
        return self._ended(told.repetition)

    def _ended(self, repetition: Repetition) -> RepetitionEnded:
        """The repetition as all so far show it: with the tibia twisted by 10° that is 3 to 5°."""
        self._found.append(repetition)
        return RepetitionEnded(self._side, self._memory.corrected(self._found)[-1])


def same_movement(watching: Watching) -> tuple[object, ...]:
    """What must change for a leg to be watched anew; its turns inward and outward are one."""
    return (watching.task, watching.side, watching.gates, watching.hold_s, watching.retest)


def stretch_angle(side: Side, news: LegNews) -> StretchAngle | None:
    """How far a stretched leg is, None where that is not known."""
    slope_deg = news.frame().shin_slope_deg
    return None if slope_deg is None else StretchAngle(side, reach_of(slope_deg), strains=False)
