"""Repetitions of a test while they are done, judged like those of a recording."""

import math
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.kinematics.pipeline import LegAngles
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import low_pass
from imu_hip.measures.cross_legged import crossed_repetition
from imu_hip.measures.excursion_watch import Began, ExcursionWatch, Held, Returned
from imu_hip.measures.live_posture import posture_problem
from imu_hip.measures.repetitions import (
    LONGEST_BRIDGE_S,
    REST_PART,
    Excursion,
    Repetition,
    RepetitionParameters,
    TestedLeg,
    bridged_angle,
    excursion_around,
    out_to_rest,
)
from imu_hip.measures.rotation_test import rotation_repetition
from imu_hip.names import Direction, Task

BEFORE_S = 3.0
"""So much before a movement is looked at again when it is judged."""

KEPT_AT_REST_S = 10.0

LATELY_S = 0.5

ROWS = ("time_s", "rotation_deg", "thigh_elevation_deg", "shin_slope_deg", "knee_flexion_deg")


@dataclass(frozen=True, slots=True)
class MovementStarted:
    """The leg left its rest position, seen at `time_s`; `direction` None is crossing it."""

    direction: Direction | None
    time_s: float


@dataclass(frozen=True, slots=True)
class HoldReached:
    """The angle has stayed at its end for as long as a hold takes.

    It comes again where the leg then goes further and is held there; what counts is only known
    when the leg returns. `angle_deg` is what the peak would be now.
    """

    direction: Direction | None
    time_s: float
    angle_deg: float


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """The leg is back at rest, or its angle was kept by hand; the repetition is judged."""

    repetition: Repetition


LiveEvent = MovementStarted | HoldReached | RepetitionDone


def leg_in_test(time_s: FloatArray, angles: LegAngles, sampling_rate_hz: float) -> TestedLeg:
    """The angles of a leg as a test sees them: rotation only where the thigh is level."""
    return TestedLeg(
        time_s=time_s,
        rotation_deg=np.where(angles.thigh_level, angles.femoral_rotation_deg, np.nan),
        thigh_elevation_deg=angles.thigh_elevation_deg,
        shin_slope_deg=angles.shin_slope_deg,
        knee_flexion_deg=angles.knee_flexion_deg,
        sampling_rate_hz=sampling_rate_hz,
    )


class LiveRepetitions:
    """Finds the repetitions of one leg in one task, block by block.

    What is seen runs a smoothing window, 0.1 s, behind. How the samples are split into blocks
    changes nothing.

    Parameters
    ----------
    task
        Seated, prone or cross-legged.
    gates
        What counts as a repetition and when it is valid.
    hold_s
        How long the angle must stay at its end for `HoldReached`.
    sampling_rate_hz
        Rate of the samples.
    """

    def __init__(
        self,
        task: Task,
        gates: RepetitionParameters,
        hold_s: float,
        sampling_rate_hz: float,
    ) -> None:
        self._task = task
        self._gates = gates
        self._rate_hz = sampling_rate_hz
        crossing = task is Task.CROSS_LEGGED
        self._direction: dict[int, Direction | None] = (
            {1: None} if crossing else {one.sign: one for one in Direction}
        )
        self._watch = ExcursionWatch(self._direction, gates, hold_s, sampling_rate_hz)
        self._smoothing = _Smoothing(sampling_rate_hz, gates.smoothing_s)
        self._rows: dict[str, list[float]] = {name: [] for name in ROWS}
        self._smooth_deg: list[float] = []
        self._first = 0
        """Which sample of the stream the rows and the smoothed angle begin with."""

    def feed(self, leg: TestedLeg) -> tuple[LiveEvent, ...]:
        """What the next samples show, in order."""
        for name, values in self._rows.items():
            values.extend(getattr(leg, name).tolist())
        events: list[LiveEvent] = []
        for angle_deg in self._smoothing.feed(self._angle(leg)).tolist():
            self._smooth_deg.append(angle_deg)
            told = self._watch.step(angle_deg)
            if told is not None:
                events.append(self._event(told))
            if not self._watch.sign:
                self._forget()
        return tuple(events)

    def keep_now(self) -> RepetitionDone | None:
        """Take the angle of the last moment as the plateau; None where the leg is at rest."""
        sign = self._watch.sign
        if not sign or not self._smooth_deg:
            return None
        leg, smooth_deg, begun = self._seen(self._watch.begun)
        n, at = len(leg.time_s), min(begun, len(smooth_deg) - 1)
        rest_deg = REST_PART * self._watch.ends_below_deg
        start, _ = out_to_rest(sign * smooth_deg, at, len(smooth_deg), rest_deg)
        held = math.ceil(self._gates.shortest_plateau_s * self._rate_hz) + 1
        kept = self._judged(leg, sign, Excursion(start, n, max(n - held, start), n))
        if not math.isfinite(kept.peak_deg):
            return None
        self._watch.keep()
        return RepetitionDone(kept)

    def posture_problem(self) -> str:
        """What is wrong with the leg's posture now, with what to do; empty where nothing is."""
        lately = self._leg(max(len(self._rows["time_s"]) - round(LATELY_S * self._rate_hz), 0))
        return posture_problem(lately, self._task, self._gates)

    def _seen(self, begun: int) -> tuple[TestedLeg, FloatArray, int]:
        """The leg and its smoothed angle from a little before a movement, and where it began."""
        start = max(begun - self._first - round(BEFORE_S * self._rate_hz), 0)
        smooth_deg = np.array(self._smooth_deg[start:])
        bridged_deg = bridged_angle(smooth_deg, LONGEST_BRIDGE_S * self._rate_hz)
        return self._leg(start), bridged_deg, begun - self._first - start

    def _leg(self, start: int) -> TestedLeg:
        rows = {name: np.array(values[start:]) for name, values in self._rows.items()}
        return TestedLeg(**rows, sampling_rate_hz=self._rate_hz)

    def _forget(self) -> None:
        """At rest only the last seconds are kept."""
        kept = round(KEPT_AT_REST_S * self._rate_hz)
        if len(self._smooth_deg) >= 2 * kept:
            for values in (self._smooth_deg, *self._rows.values()):
                del values[:kept]
            self._first += kept

    def _angle(self, leg: TestedLeg) -> FloatArray:
        return 90.0 - leg.shin_slope_deg if self._task is Task.CROSS_LEGGED else leg.rotation_deg

    def _event(self, told: Began | Held | Returned) -> LiveEvent:
        direction = self._direction[told.sign]
        if isinstance(told, Returned):
            return RepetitionDone(self._finished(told))
        time_s = self._rows["time_s"][len(self._smooth_deg) - 1]
        if isinstance(told, Began):
            return MovementStarted(direction, time_s)
        is_slope = self._task is Task.CROSS_LEGGED
        return HoldReached(direction, time_s, 90.0 - told.angle_deg if is_slope else told.angle_deg)

    def _finished(self, told: Returned) -> Repetition:
        leg, smooth_deg, begun = self._seen(told.begun)
        outward = told.sign * smooth_deg
        top = begun + int(np.nanargmax(outward[begun:]))
        beyond = outward > told.below_deg
        before, after = np.flatnonzero(~beyond[:top]), np.flatnonzero(~beyond[top:])
        out = int(before[-1]) + 1 if len(before) else 0
        back = top + int(after[0]) if len(after) else len(outward)
        excursion = excursion_around(
            outward, (out, back), told.below_deg, self._rate_hz, self._gates
        )
        repetition = self._judged(leg, told.sign, excursion)
        if not math.isfinite(repetition.peak_deg):
            # All of the hold was lost; what was seen of the movement stands for it.
            top_deg = float(outward[top])
            crossed = repetition.direction is None
            return replace(repetition, peak_deg=90.0 - top_deg if crossed else top_deg)
        if repetition.valid:
            hold = slice(excursion.plateau_start, excursion.plateau_end)
            self._watch.learn(told.sign, float(np.mean(outward[hold])))
        return repetition

    def _judged(self, leg: TestedLeg, sign: int, excursion: Excursion) -> Repetition:
        direction = self._direction[sign]
        if direction is None:
            return crossed_repetition(leg, excursion, self._gates)
        return rotation_repetition(leg, excursion, direction, self._gates)


class _Smoothing:
    """The smoothing of a whole recording, told as soon as the samples that it sees are there."""

    def __init__(self, sampling_rate_hz: float, window_s: float) -> None:
        self._rate_hz, self._window_s = sampling_rate_hz, window_s
        # Two means, each of which looks so far to both sides.
        self._reach = 2 * round(0.25 * window_s * sampling_rate_hz)
        self._raw: FloatArray = np.empty(0)
        self._done = 0

    def feed(self, angle_deg: FloatArray) -> FloatArray:
        self._raw = np.concatenate((self._raw, angle_deg))
        ready = len(self._raw) - self._reach
        if ready <= self._done:
            return np.empty(0)
        told = low_pass(self._raw, self._rate_hz, self._window_s)[self._done : ready]
        forgotten = max(ready - self._reach, 0)
        self._raw = self._raw[forgotten:]
        self._done = ready - forgotten
        return told
